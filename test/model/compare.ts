import type { Effect } from '../../lib/core/incident/effect-schema.ts';
import { incidentPolicy } from '../support/harness/incident-scenario.ts';
import type { Millis } from './history.ts';
import type { Played } from './play-history.ts';
import { keyOf, type Telling } from './tellings.ts';

/** Where rules and system differ; `at` is when. */
export type Violation = { at: Millis; expected: string; happened: string };

/** What needs no model: how often, and until when, each place is notified. */
export function checkTellings(played: Played): Violation[] {
  const failures = played.failures.map(({ at, message }) => ({
    at,
    expected: 'no flow throws',
    happened: message,
  }));
  return [
    ...failures,
    ...findRepeats(played),
    ...findLateCalls(played),
    ...findUnnotified(played),
    ...findEarlyTiers(played),
  ];
}

function isMessage({ as }: Telling): boolean {
  return as !== 'edit';
}

/** Each fact once per place, but for the message in flight of a run that died. */
function findRepeats({ tellings }: Played): Violation[] {
  const counts = new Map<string, number>();
  return tellings.all.filter(isMessage).flatMap((telling) => {
    const key = keyOf(telling);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= 1 + (tellings.diedInFlight.get(key) ?? 0)) return [];
    return {
      at: telling.at,
      expected: `${telling.destination} is notified once: ${telling.reason}`,
      happened: `it was notified ${count} times`,
    };
  });
}

/** Nobody is called about what is over. */
function findLateCalls({ tellings }: Played): Violation[] {
  return tellings.all
    .filter(({ calls, fired }) => calls && !fired)
    .map(({ at, destination, reason }) => ({
      at,
      expected: 'nobody is called once nothing fires',
      happened: `${destination} was called: ${reason}`,
    }));
}

/** A page that is still news reaches every place that it was routed to, at once or when the place is reached again. */
function findUnnotified({ effects, routed, tellings, waiting }: Played): Violation[] {
  const notified = new Map<string, number>();
  for (const each of tellings.all) {
    const place = `${incidentOf(each.effectId)} ${each.destination}`;
    notified.set(place, Math.max(notified.get(place) ?? 0, each.shows));
  }
  const still = new Set(waiting.map(keyOf));
  return effects
    .filter(({ effect, muted }) => effect.ping && !muted)
    .flatMap(({ effect }) =>
      (routed.get(effect.id) ?? ['no place']).flatMap((destination) => {
        const latest = notified.get(`${incidentOf(effect.id)} ${destination}`) ?? 0;
        if (latest >= effect.seq || still.has(keyOf({ effectId: effect.id, destination }))) return [];
        return {
          at: effect.at,
          expected: `${destination} is notified: ${describe(effect)}`,
          happened: 'it was not',
        };
      }),
    );
}

/** No tier is called sooner after the first page than its policy says. */
function findEarlyTiers({ effects }: Played): Violation[] {
  const { escalation } = incidentPolicy();
  const after = new Map(escalation.critical.tiers.map((step) => [step.tier, step.after]));
  const firstPage = new Map<string, Millis>();
  return effects.flatMap(({ incidentId, effect }) => {
    if (effect.ping && !firstPage.has(incidentId)) firstPage.set(incidentId, effect.at);
    if (effect.reason !== 'escalated') return [];
    const due = (firstPage.get(incidentId) ?? effect.at) + (after.get(effect.tier) ?? 0);
    if (effect.at >= due) return [];
    return { at: effect.at, expected: `L${effect.tier} is not called yet`, happened: describe(effect) };
  });
}

export function describe({ reason, ping, tier }: Pick<Effect, 'reason' | 'ping' | 'tier'>): string {
  return `${reason}${ping ? '!' : ''} L${tier}`;
}

function incidentOf(effectId: string): string {
  return effectId.slice(0, effectId.lastIndexOf(':'));
}
