import { incidentPolicy } from '../support/harness/incident-scenario.ts';
import { describe, type Violation } from './compare.ts';
import type { Fact, Millis, Policy, State, Verdict } from './history.ts';
import type { Played } from './play-history.ts';
import { createReferenceModel } from './reference-model.ts';
import type { Step } from './unfold-history.ts';

/** The numbers of the runbook and the policy that the system plays with. */
function policy(): Policy {
  const { reopenWindow, staleAfter, escalation } = incidentPolicy();
  const named = Object.entries(escalation).flatMap(([severity, { acknowledgeWithin, ...rest }]) =>
    acknowledgeWithin === undefined ? [] : [[severity, { acknowledgeWithin, ...rest }] as const],
  );
  return { reopenWindow, staleAfter, escalation: Object.fromEntries(named) as Policy['escalation'] };
}

/** What the model says of everything that arrived at one time. */
type Moment = { at: Millis; facts: Fact[]; optional: Fact[]; unsure: boolean; state: State | undefined };

function askModel(steps: Step[]): Moment[] {
  const model = createReferenceModel(policy());
  const moments: Moment[] = [];
  let mutedUntil = -Infinity;
  let knownAt = -Infinity;
  let late = false;
  for (const { arrival, disturbances } of steps) {
    const { facts, optional, state, ...verdict }: Verdict = model.take(arrival);
    // Not every run knows yet of a maintenance that was just entered.
    late ||= arrival.at < knownAt;
    if (arrival.kind === 'maintenance') {
      mutedUntil = Math.max(mutedUntil, arrival.until);
      knownAt = arrival.at + 15_000;
    }
    // A notice mutes its incident when it is handled, and pages when that is over: after a death, or in a late
    // duplicate, that is later than docs/rules.md assumes.
    late ||= arrival.at < mutedUntil && disturbances.some(({ kind }) => kind === 'death');
    late ||=
      mutedUntil > -Infinity &&
      disturbances.some((it) => it.kind === 'late-duplicate' && it.queue === 'diagnose');
    const unsure = verdict.unsure || late;
    const last = moments.at(-1);
    if (last?.at === arrival.at) {
      last.facts.push(...facts);
      last.optional.push(...optional);
      Object.assign(last, { state, unsure: last.unsure || unsure });
    } else moments.push({ at: arrival.at, facts: [...facts], optional: [...optional], state, unsure });
  }
  return moments;
}

/** Compares what people were notified, and the state, with what docs/rules.md says, up to where it decides nothing. */
export function compareWithModel(played: Played): {
  violations: Violation[];
  compared: number;
  moments: number;
} {
  const moments = askModel(played.steps);
  const notified = Map.groupBy(toFacts(played), ({ at }) => at);
  const states = new Map(played.steps.map(({ arrival }, index) => [arrival.at, played.states[index]]));
  const violations: Violation[] = [];
  const before: Fact[] = [];
  let compared = 0;
  for (const moment of moments) {
    const happened = notified.get(moment.at) ?? [];
    if (!moment.unsure) {
      compared += 1;
      violations.push(...compareFacts(moment, happened, before));
      violations.push(...compareState(moment, states.get(moment.at)));
    }
    before.push(...happened);
  }
  return { violations, compared, moments: moments.length };
}

/** What the system decided to tell people, in the model's words. */
function toFacts({ effects }: Played): Fact[] {
  return effects
    .filter(({ muted }) => !muted)
    .map(({ incidentId, effect }) => ({
      at: effect.at,
      episode: Number(incidentId.slice(incidentId.lastIndexOf('.') + 1)),
      reason: effect.reason,
      interrupts: effect.ping,
      tier: effect.tier,
    }));
}

function compareFacts({ at, facts, optional }: Moment, happened: Fact[], before: Fact[]): Violation[] {
  const left = [...happened];
  const take = (fact: Fact) => {
    const index = left.findIndex((each) => matches(fact, each));
    return index >= 0 && left.splice(index, 1).length > 0;
  };
  const missing = facts.filter((fact) => {
    if (take(fact)) return false;
    const since = fact.unlessNotifiedSince;
    return since === undefined || !before.some((each) => each.at >= since && matches(fact, each));
  });
  const unexpected = left.filter((each) => !optional.some((fact) => matches(fact, each)));
  return [
    ...missing.map((fact) => ({
      at,
      expected: `notified: ${formatFact(fact)}`,
      happened: happened.map(formatFact).join(', ') || 'nothing was notified',
    })),
    ...unexpected.map((fact) => ({
      at,
      expected: [...facts, ...optional].map(formatFact).join(' or ') || 'nothing is notified',
      happened: `notified: ${formatFact(fact)}`,
    })),
  ];
}

function matches(fact: Fact, notified: Fact): boolean {
  if (fact.episode !== notified.episode || ![fact.reason, ...(fact.or ?? [])].includes(notified.reason))
    return false;
  // Of an end or of what a person did everybody hears who heard of the incident, without being called.
  if (['resolved', 'closed', 'acknowledged'].includes(notified.reason)) return true;
  return fact.interrupts === notified.interrupts && (!notified.interrupts || fact.tier <= notified.tier);
}

function formatFact({ episode, or = [], ...fact }: Fact): string {
  const others = or.length > 0 ? ` (or ${or.join(', ')})` : '';
  return `${describe({ ...fact, ping: fact.interrupts })}${others}${episode > 1 ? ` of episode ${episode}` : ''}`;
}

function compareState({ at, state }: Moment, happened: State | undefined): Violation[] {
  const expected = formatState(state);
  const { orStatus } = state ?? {};
  const also =
    state !== undefined && orStatus !== undefined ? formatState({ ...state, status: orStatus }) : expected;
  const found = formatState(happened);
  return found === expected || found === also ? [] : [{ at, expected, happened: found }];
}

function formatState(state: State | undefined): string {
  if (state === undefined) return 'no incident';
  const { episode, status, severity, firing } = state;
  const fires = firing.length > 0 ? `${firing.toSorted().join(', ')} fire` : 'nothing fires';
  return `episode ${episode} is ${status}${status === 'resolved' ? '' : ` (${severity})`}; ${fires}`;
}
