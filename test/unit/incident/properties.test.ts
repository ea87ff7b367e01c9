import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservedAlert } from '../../../lib/core/grouping/observed-alert.ts';
import { isAlertFiring, mayAlertFire } from '../../../lib/core/incident/alert-state.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { AlertmanagerStatus } from '../../../lib/core/incident/event.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { isFiring } from '../../../lib/core/incident/status.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { type OddClock, oddClock, reportedBy, tellsFiringsApart } from '../../support/fakes/odd-clock.ts';
import { fingerprintOf, firing, resolved, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

/**
 * For each alert its true firings, as [start, end) in minutes; the last may not have ended. Two HA peers send
 * webhooks with every alert's state at some moments, by the clock of its sender.
 */
type World = { name: string; clock: OddClock; spells: Spell[] }[];
type Spell = { from: number; to: number | undefined };

const NAMES = ['a', 'b', 'c'];

const spells = fc
  .record({
    gaps: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 6 }),
    stillFires: fc.boolean(),
  })
  .map(({ gaps, stillFires }) => {
    const list: { from: number; to: number | undefined }[] = [];
    let at = 0;
    for (let i = 0; i + 1 < gaps.length; i += 2) {
      const from = at + (gaps[i] as number);
      const to = from + (gaps[i + 1] as number);
      list.push({ from, to });
      at = to;
    }
    const last = list.at(-1);
    if (last && stillFires) last.to = undefined;
    return list;
  });

const history = fc.record({ clock: oddClock, spells }).map(({ clock, spells: list }) => {
  const stillFires = list.at(-1)?.to === undefined;
  // Reports about two firings look alike, so no report can show whether the resolve or the firing came last.
  return { clock, spells: stillFires && !tellsFiringsApart(clock) ? list.slice(-1) : list };
});

const world: fc.Arbitrary<World> = fc
  .tuple(history, history, history)
  .map((all) => all.map((each, i) => ({ name: NAMES[i] as string, ...each })));

function reportsOf(it: World): ObservedAlert[][] {
  return it.flatMap(({ name, clock, spells: list }) =>
    list.flatMap(({ from, to }) => {
      const start = T0 + from * MINUTE;
      const fired = [reportedBy(clock, firing(name, start))];
      if (to === undefined) return [fired];
      return [fired, [reportedBy(clock, resolved(name, start, T0 + to * MINUTE))]];
    }),
  );
}

/**
 * A permutation of both peers' reports. Reports may repeat or share a webhook, and Alertmanager cuts some
 * alerts off.
 */
const shuffledDeliveries = world.chain((it) => {
  const reports = reportsOf(it);
  const both = [...reports, ...reports];
  return fc.record({
    world: fc.constant(it),
    order: fc.shuffledSubarray(both, { minLength: both.length, maxLength: both.length }),
    repeats: fc.array(fc.nat({ max: both.length - 1 }), { maxLength: 10 }),
    together: fc.array(fc.boolean(), { minLength: both.length, maxLength: both.length }),
    truncated: fc.oneof(fc.constant<boolean[]>([]), fc.array(fc.boolean(), { maxLength: both.length + 10 })),
    waits: fc.array(fc.constantFrom(0, 0.001, 0.1, 0.5), { minLength: 1, maxLength: 20 }),
  });
});

/** Delivers every webhook, each so many minutes after the one before; Alertmanager cut some alerts off. */
function deliver(
  scenario: Scenario,
  { waits, truncated }: Pick<Shuffled, 'waits' | 'truncated'>,
  deliveries: ObservedAlert[][],
  from: number,
): void {
  let minute = from;
  for (const [i, alerts] of deliveries.entries()) {
    minute += waits[i % waits.length] ?? 0;
    const cut = truncated[i] ?? false;
    scenario.seeGroup(minute, { truncated: cut, size: alerts.length + (cut ? 3 : 0) }, ...alerts);
  }
}

function deliveriesOf(shuffled: {
  order: ObservedAlert[][];
  repeats: number[];
  together: boolean[];
}): ObservedAlert[][] {
  const sequence = [
    ...shuffled.order,
    ...shuffled.repeats.map((at) => shuffled.order[at] as ObservedAlert[]),
  ];
  const deliveries: ObservedAlert[][] = [];
  for (const [i, report] of sequence.entries()) {
    const previous = deliveries.at(-1);
    const name = report[0]?.fingerprint;
    if (previous && shuffled.together[i] && !previous.some((alert) => alert.fingerprint === name)) {
      previous.push(...report);
    } else {
      deliveries.push([...report]);
    }
  }
  return deliveries;
}

/** Delivers everything and asks Alertmanager once, and again if alerts were cut off. */
function play(scenario: Scenario, shuffled: Shuffled): void {
  deliver(scenario, shuffled, deliveriesOf(shuffled), 30);
  scenario.reconcile(60, toStatus(shuffled.world, scenario.incident));
  if (shuffled.truncated.includes(true)) scenario.reconcile(65, toStatus(shuffled.world, scenario.incident));
}

type Shuffled = {
  world: World;
  order: ObservedAlert[][];
  repeats: number[];
  together: boolean[];
  truncated: boolean[];
  waits: number[];
};

function trulyFiring(it: World): string[] {
  return it
    .filter(({ spells: list }) => list.some((s) => s.to === undefined))
    .map(({ name }) => fingerprintOf(name));
}

/** Alertmanager's answer, with the cut-off alerts that no webhook reported as firing. */
function toStatus(it: World, incident: Incident | undefined): AlertmanagerStatus {
  const known = new Set(incident?.alerts.flatMap((alert) => (mayAlertFire(alert) ? alert.fingerprint : [])));
  const listed = it.flatMap(({ name, clock, spells: list }) =>
    list.flatMap(({ from, to }) =>
      to === undefined ? reportedBy(clock, firing(name, T0 + from * MINUTE)) : [],
    ),
  );
  const cutOff = listed.filter(({ fingerprint }) => !known.has(fingerprint));
  const active = trulyFiring(it);
  return { kind: 'answer', active, suppressed: [], ...(incident?.truncation && { cutOff }) };
}

function firingSet(incident: Incident | undefined): string[] {
  const alerts = incident?.alerts ?? [];
  return alerts
    .filter((alert) => isAlertFiring(alert))
    .map((alert) => alert.fingerprint)
    .toSorted();
}

const RUNS = { numRuns: 1_500 };

describe('rule 8: order and repetition never matter', () => {
  it('ends in the true state after any order, repetition and truncation of webhooks, and Alertmanager’s answer', () => {
    fc.assert(
      fc.property(shuffledDeliveries, (shuffled) => {
        const scenario = new Scenario();
        const active = trulyFiring(shuffled.world);

        play(scenario, shuffled);

        expect(firingSet(scenario.incident)).toEqual(active.toSorted());
        expect(scenario.incident?.status).toBe(active.length > 0 ? 'open' : 'resolved');
        expect(scenario.incident !== undefined && isFiring(scenario.incident)).toBe(active.length > 0);
      }),
      RUNS,
    );
  });

  it('never pages more often than there were firings, however often reports repeat', () => {
    fc.assert(
      fc.property(shuffledDeliveries, (shuffled) => {
        const scenario = new Scenario();
        play(scenario, shuffled);

        const firings = shuffled.world.reduce((sum, { spells: list }) => sum + list.length, 0);
        const pages = scenario.effects.filter((effect) => effect.ping);
        const resolves = scenario.effects.filter((e) => e.kind === 'notify' && e.reason === 'resolved');
        expect(pages.length).toBeLessThanOrEqual(firings);
        expect(resolves.length).toBeLessThanOrEqual(pages.length);
        expect(new Set(scenario.effects.map((effect) => effect.id)).size).toBe(scenario.effects.length);
      }),
      RUNS,
    );
  });

  it('sends no notice when the whole sequence is delivered again', () => {
    fc.assert(
      fc.property(shuffledDeliveries, (shuffled) => {
        const deliveries = reportsOf(shuffled.world);
        const scenario = new Scenario();
        const truncated = shuffled.truncated.includes(true);
        const ask = (minute: number) =>
          scenario.reconcile(minute, toStatus(shuffled.world, scenario.incident));
        deliver(scenario, shuffled, deliveries, 30);
        ask(60);
        ask(65);
        const before = scenario.effects.length;

        deliver(scenario, shuffled, deliveries, 66);
        // The cut is news to an episode in which nothing was cut off before.
        const news = () =>
          scenario.effects
            .slice(before)
            .filter(({ kind, summary }) => kind === 'notify' && !summary.includes('it cut some off'))
            .map(({ reason, ping }) => (ping ? `${reason}!` : reason));
        if (!truncated) expect(news()).toEqual([]);
        ask(100);
        ask(105);

        // After an end that only we recorded, only Alertmanager can say whether the alert fires.
        if (shuffled.world.some(({ clock }) => 'always' in clock.end)) return;
        expect(news().filter((reason) => reason !== 'reopened!')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never changes the given incident object', () => {
    fc.assert(
      fc.property(shuffledDeliveries, (shuffled) => {
        const scenario = new Scenario();
        for (const [i, alerts] of deliveriesOf(shuffled).entries()) {
          const before = structuredClone(scenario.incident);
          const given = scenario.incident;
          scenario.see(30 + i / 10, ...alerts);
          expect(given).toEqual(before);
        }
      }),
      // The first run already finds an alert that is edited in place.
      { numRuns: 200 },
    );
  });
});

describe('rule 2: the tier clock', () => {
  /** Minutes that a critical alert fires and pauses, in turn; a warning fires all the time. */
  const changes = fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 1, maxLength: 9 });
  const WINDOW = 10;

  it('calls L2 and L3 on time, and restarts only after a break longer than the reopen window', () => {
    fc.assert(
      fc.property(changes, (lengths) => {
        const scenario = new Scenario().fires(0, 'w', { severity: 'warning' });
        const expected: string[] = [];
        let minute = 0;
        let since = 0;
        let endedAt = -Infinity;
        let tier = 1;
        for (const [index, length] of lengths.entries()) {
          const critical = index % 2 === 0;
          if (critical) {
            scenario.fires(minute, 'c');
            if (minute - endedAt > WINDOW) [since, tier] = [minute, 1];
          } else {
            scenario.ends(minute, 'c', { since: minute - (lengths[index - 1] ?? 0) });
            endedAt = minute;
          }
          for (const end = minute + length; minute < end; minute += 1) {
            scenario.tick(minute);
            const due = critical ? [30, 60].filter((after) => minute - since >= after).length + 1 : tier;
            if (due > tier) expected.push(`${minute} L${due}`);
            tier = Math.max(tier, due);
          }
        }

        const called = scenario.effects.filter(({ reason }) => reason === 'escalated');
        expect(called.map((effect) => `${(effect.at - T0) / MINUTE} L${effect.tier}`)).toEqual(expected);
      }),
      RUNS,
    );
  });
});

describe('rule 11: tiers and reminders', () => {
  const ticks = fc
    .array(fc.nat({ max: 240 }), { minLength: 1, maxLength: 60 })
    .map((list) => list.toSorted((a, b) => a - b));

  it('go out at most once, never early, never after the resolve, whatever ticks are late, doubled or missing', () => {
    fc.assert(
      fc.property(ticks, fc.nat({ max: 240 }), (minutes, resolveAt) => {
        const scenario = new Scenario().fires(0, 'a');
        let ended = false;
        for (const minute of minutes) {
          if (!ended && minute >= resolveAt) {
            scenario.ends(resolveAt, 'a', { at: resolveAt });
            ended = true;
          }
          scenario.reconcile(minute, {
            kind: 'answer',
            active: ended ? [] : [fingerprintOf('a')],
            suppressed: [],
          });
          scenario.tick(minute);
        }

        const timed = scenario.effects.filter((e) => e.reason === 'escalated' || e.reason === 'reminder');
        for (const effect of timed) expect(effect.at - T0).toBeGreaterThanOrEqual(dueAfter(effect));
        if (ended) expect(timed.every((effect) => effect.at < T0 + resolveAt * MINUTE)).toBe(true);
        const tiers = timed.flatMap((effect) => (effect.reason === 'escalated' ? effect.tiers : []));
        expect(tiers).toEqual([...new Set(tiers)]);
        expect(timed.filter((effect) => effect.reason === 'reminder').length).toBeLessThanOrEqual(1);
        const last = minutes.filter((minute) => !(minute >= resolveAt)).at(-1) ?? 0;
        expect(tiers).toEqual([2, 3].filter((tier) => last >= (tier === 2 ? 30 : 60)));
      }),
      RUNS,
    );
  });

  it('are never early, repeated or lost when ticks overtake one another, and reach every tier passed over', () => {
    const anyOrder = fc.array(fc.nat({ max: 120 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyOrder, fc.nat({ max: 30 }), (minutes, resolveAfter) => {
        const scenario = new Scenario().fires(0, 'a');
        const before = minutes.slice(0, resolveAfter);
        const active = { kind: 'answer' as const, active: [fingerprintOf('a')], suppressed: [] };
        for (const minute of before) scenario.reconcile(minute, active).tick(minute);
        const notified = scenario.notified.length;
        scenario.ends(121, 'a', { at: 121 });
        for (const minute of minutes.slice(resolveAfter)) scenario.tick(minute);

        const timed = scenario.effects.filter((e) => e.reason === 'escalated' || e.reason === 'reminder');
        for (const effect of timed) expect(effect.at - T0).toBeGreaterThanOrEqual(dueAfter(effect));
        expect(scenario.notified.slice(notified)).toEqual(['resolved']);
        const tiers = timed.flatMap((effect) => (effect.reason === 'escalated' ? effect.tiers : []));
        const latest = Math.max(0, ...before);
        expect(tiers).toEqual([2, 3].filter((tier) => latest >= (tier === 2 ? 30 : 60)));
        expect(timed.length).toBeGreaterThanOrEqual(latest >= 15 ? 1 : 0);
        expect(timed.filter((effect) => effect.reason === 'reminder').length).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });
});

function dueAfter(effect: Effect): number {
  if (effect.reason === 'reminder') return 15 * MINUTE;
  return effect.tier === 2 ? 30 * MINUTE : 60 * MINUTE;
}
