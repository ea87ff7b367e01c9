import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../lib/core/incident/effect.ts';
import type { IncidentEvent, ObservedAlert } from '../../../lib/core/incident/event.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { needsSight } from '../../../lib/core/incident/needs-sight.ts';
import { isFiring } from '../../../lib/core/incident/standing.ts';
import { transition } from '../../../lib/core/incident/transition.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { fingerprintOf, firing, incidentPolicy, resolved, T0 } from '../../support/incident-story.ts';
import { type OddClock, oddClock, reportedBy } from '../../support/odd-clock.ts';

/**
 * A model of the world around the state machine: alerts that truly fire, an Alertmanager that knows them, a
 * network that delays and repeats deliveries, people, a tick, and processes that die between the write and the
 * hand-over. Whatever the interleaving, the invariants of design.md hold at each step.
 */
type Action =
  | { do: 'fire' | 'end'; name: string }
  | { do: 'deliver'; pick: number; keep: boolean }
  | { do: 'tick'; asked: boolean }
  | { do: 'acknowledge' }
  | { do: 'resolve-by-hand' }
  | { do: 'silence'; id: string }
  | { do: 'hand-over'; accepted: number }
  | { do: 'wait'; minutes: number };

const name = fc.constantFrom('a', 'b', 'c');
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fire' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), name }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(), keep: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tick' as const), asked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('acknowledge' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resolve-by-hand' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('silence' as const), id: fc.constantFrom('s1', 's2') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('hand-over' as const), accepted: fc.nat({ max: 3 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  },
);

/** Each alert's sender has a clock of its own. */
type Clocks = Record<string, OddClock>;
const clocks: fc.Arbitrary<Clocks> = fc.record({ a: oddClock, b: oddClock, c: oddClock });

class World {
  now = T0;
  readonly clocks: Clocks;

  constructor(clocks: Clocks) {
    this.clocks = clocks;
  }
  readonly policy = incidentPolicy();
  /** Items by episode, as the table holds them. */
  readonly items = new Map<number, Incident>();
  readonly truth = new Map<string, number>();
  readonly wire: ObservedAlert[][] = [];
  readonly decided: Effect[] = [];
  readonly handed: Effect[] = [];

  get latest(): Incident | undefined {
    return [...this.items.values()].at(-1);
  }

  step(it: Action): void {
    switch (it.do) {
      case 'fire':
        if (this.truth.has(it.name)) return;
        this.truth.set(it.name, this.now);
        this.wire.push([this.reported(it.name, firing(it.name, this.now))]);
        return;
      case 'end': {
        const since = this.truth.get(it.name);
        if (since === undefined || since === this.now) return;
        this.truth.delete(it.name);
        this.wire.push([this.reported(it.name, resolved(it.name, since, this.now))]);
        return;
      }
      case 'deliver': {
        if (this.wire.length === 0) return;
        const at = it.pick % this.wire.length;
        const alerts = this.wire[at] as ObservedAlert[];
        if (!it.keep) this.wire.splice(at, 1);
        this.observe(alerts);
        return;
      }
      case 'tick':
        this.tick(it.asked);
        return;
      case 'acknowledge':
        this.apply(this.latest, { type: 'acknowledged', by: 'Ana' });
        return;
      case 'resolve-by-hand':
        this.apply(this.latest, { type: 'resolved-by-hand', by: 'Ana' });
        return;
      case 'silence': {
        const until = this.now + 30 * MINUTE;
        const { id } = it;
        this.apply(this.latest, { type: 'silenced', by: 'Ana', id, until, covered: 1, firing: 1 });
        return;
      }
      case 'hand-over':
        this.handOver(it.accepted);
        return;
      case 'wait':
        this.now += it.minutes * MINUTE;
    }
  }

  reported(of: string, alert: ObservedAlert): ObservedAlert {
    const clock = this.clocks[of];
    return clock === undefined ? alert : reportedBy(clock, alert);
  }

  observe(alerts: ObservedAlert[]): void {
    const subject = { key: 'k', source: 'prod', alertname: 'Down', group: {}, externalURL: '' };
    this.apply(this.latest, { type: 'observed', subject, alerts });
  }

  tick(asked: boolean): void {
    for (const item of this.items.values()) {
      const asks = needsSight(item, this.now, this.policy);
      if (asks && asked) {
        this.apply(item, {
          type: 'reconciled',
          sight: { kind: 'answer', active: this.active(), suppressed: [] },
        });
      }
      const fresh = this.items.get(item.episode);
      this.apply(fresh, { type: 'tick', ...(asks && !asked ? { unverified: 'refused' } : {}) });
    }
  }

  active(): string[] {
    return [...this.truth.keys()].map(fingerprintOf);
  }

  handOver(accepted: number): void {
    for (const item of this.items.values()) {
      const sent = item.effects.slice(0, accepted);
      this.handed.push(...sent);
      this.items.set(item.episode, { ...item, effects: item.effects.slice(sent.length) });
    }
  }

  private apply(item: Incident | undefined, event: IncidentEvent): void {
    const result = transition(item, event, this.now, this.policy);
    this.decided.push(...result.effects);
    if (!result.changed || result.incident === undefined) {
      expect(result.effects).toEqual([]);
      return;
    }
    const stored = this.items.get(result.incident.episode);
    expect(result.incident.version).toBe((stored?.version ?? 0) + 1);
    this.items.set(result.incident.episode, result.incident);
  }
}

function checkInvariants(world: World): void {
  const latest = world.latest;
  const ids = world.decided.map((effect) => effect.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const item of world.items.values()) {
    if (item.effects.length > 0) expect(item.nextDueAt).toBeDefined();
    if (item.status === 'open') expect(item.nextDueAt).toBeDefined();
  }
  const waiting = [...world.items.values()].flatMap((item) => item.effects.map((effect) => effect.id));
  const known = new Set([...world.handed.map((effect) => effect.id), ...waiting]);
  const lostPages = world.decided.filter((effect) => effect.ping && !known.has(effect.id));
  expect(lostPages).toEqual([]);
  // What fires for certain has been paged since it was last resolved.
  if (latest && isFiring(latest)) expect(latest.pagedAt).toBeGreaterThan(0);
  for (const episode of world.items.keys()) {
    const times = world.decided.filter((e) => e.id.startsWith(`k.${episode}:`)).map((e) => e.seq);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
}

describe('the state machine in a world that delays, repeats and dies', () => {
  it('keeps its invariants at every step', () => {
    fc.assert(
      fc.property(clocks, fc.array(action, { maxLength: 60 }), (each, actions) => {
        const world = new World(each);
        for (const next of actions) {
          world.step(next);
          checkInvariants(world);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('tells the truth in the end, once everything has arrived and Alertmanager has answered twice', () => {
    fc.assert(
      fc.property(clocks, fc.array(action, { maxLength: 40 }), (clock, actions) => {
        const world = new World(clock);
        for (const each of actions) world.step(each);

        for (const alerts of world.wire) world.observe(alerts);
        world.now += 11 * MINUTE;
        for (const [fired, since] of world.truth)
          world.observe([world.reported(fired, firing(fired, since))]);
        for (let minute = 0; minute < 600; minute += 1) {
          world.now += MINUTE;
          world.tick(true);
        }

        const open =
          world.latest?.alerts.filter((alert) => alert.firing).map((alert) => alert.fingerprint) ?? [];
        expect(open.toSorted()).toEqual(world.active().toSorted());
        expect(world.latest?.status ?? 'resolved').toBe(world.truth.size > 0 ? 'open' : 'resolved');
      }),
      { numRuns: 1_000 },
    );
  });

  it('pages somebody about every alert that truly fires and was delivered', () => {
    fc.assert(
      fc.property(clocks, fc.array(action, { maxLength: 40 }), (clock, actions) => {
        const world = new World(clock);
        for (const each of actions) world.step(each);
        for (const alerts of world.wire) world.observe(alerts);
        const pagesBefore = world.decided.filter((effect) => effect.ping).length;

        world.now += 2 * MINUTE;
        world.truth.set('new', world.now);
        world.observe([firing('new', world.now)]);
        for (let minute = 0; minute < 20; minute += 1) {
          world.now += MINUTE;
          world.tick(true);
        }

        // Either a page went out for it, or one is unanswered and was followed by its reminder or tier.
        const pages = world.decided.filter((effect) => effect.ping).slice(pagesBefore);
        const answered = world.latest?.ack !== undefined;
        expect(pages.length > 0 || (!answered && (world.latest?.reminded ?? false))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
