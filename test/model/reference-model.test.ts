import { describe, expect, it } from 'vitest';
import type { Answer, Arrival, Policy, ReportedAlert, Severity, Verdict } from './history.ts';
import { createReferenceModel } from './reference-model.ts';

const T0 = Date.UTC(2026, 0, 1);
const min = (minutes: number) => T0 + minutes * 60_000;
const policy: Policy = {
  reopenWindow: 600_000,
  staleAfter: 8 * 3_600_000,
  escalation: {
    critical: {
      acknowledgeWithin: 900_000,
      tiers: [
        { tier: 2, after: 1_800_000 },
        { tier: 3, after: 3_600_000 },
      ],
      acknowledgeStopsTiers: false,
    },
    warning: { acknowledgeWithin: 3_600_000, tiers: [], acknowledgeStopsTiers: false },
  },
};
const fires = (name: string, start: number, severity: Severity = 'critical'): ReportedAlert => ({
  name,
  severity,
  status: 'firing',
  startsAt: min(start),
  endsAt: undefined,
});
const ends = (name: string, start: number, end: number, severity: Severity = 'critical'): ReportedAlert => ({
  ...fires(name, start, severity),
  status: 'resolved',
  endsAt: min(end),
});
const listed = (...active: ReportedAlert[]): Answer => ({ kind: 'answer', active, silenced: [] });

function history() {
  const model = createReferenceModel(policy);
  const take = (arrival: Arrival) => model.take(arrival);
  const notified = (verdict: Verdict) => verdict.facts.map((fact) => `${fact.reason} ${fact.tier}`).join();
  return {
    take,
    hook: (at: number, ...alerts: ReportedAlert[]) =>
      take({ at: min(at), kind: 'webhook', alerts, truncated: 0 }),
    cut: (at: number, ...alerts: ReportedAlert[]) =>
      take({ at: min(at), kind: 'webhook', alerts, truncated: 3 }),
    tick: (at: number, answer: Answer = { kind: 'down' }) => take({ at: min(at), kind: 'tick', answer }),
    ack: (at: number) => take({ at: min(at), kind: 'acknowledge', by: 'Ana' }),
    byHand: (at: number) => take({ at: min(at), kind: 'resolve-by-hand', by: 'Ana' }),
    notified,
  };
}

describe('the examples of rules.md', () => {
  it('docs/rules.md#rule-1: a repeat tells nobody', () => {
    const h = history();
    expect(h.notified(h.hook(0, fires('a', 0)))).toBe('opened 1');
    expect(h.notified(h.hook(240, fires('a', 0)))).toBe('');
  });

  it('docs/rules.md#rule-2: a raise pages now and calls L2 30 minutes later', () => {
    const h = history();
    h.hook(0, fires('a', 0, 'warning'));
    expect(h.notified(h.hook(120, fires('b', 120)))).toBe('raised 1');
    const both = listed(fires('a', 0, 'warning'), fires('b', 120));
    expect(h.notified(h.tick(149, both))).toContain('reminder');
    expect(h.notified(h.tick(150, both))).toBe('escalated 2');
  });

  it('docs/rules.md#rule-3: pods that replace others page nobody after an acknowledgement; a higher severity does', () => {
    const h = history();
    h.hook(0, fires('a', 0, 'warning'), fires('b', 0, 'warning'));
    h.ack(1);
    const replaced = h.hook(2, ends('a', 0, 2, 'warning'), fires('c', 2, 'warning'));
    expect(
      [...replaced.facts, ...replaced.optional].filter((f) => f.reason !== 'updated' && f.interrupts),
    ).toEqual([]);
    expect(h.notified(h.hook(9, fires('d', 9)))).toBe('raised 1');
    expect(h.notified(h.hook(10, ends('d', 9, 10)))).toBe('');
    const within = h.hook(11, fires('e', 11));
    expect(within.facts).toEqual([]);
    expect(within.optional.map((f) => f.reason)).toContain('raised');
    expect(h.notified(h.tick(14))).toBe('raised 1');
  });

  it('docs/rules.md#rule-4: the third of three replicas says resolved', () => {
    const h = history();
    h.hook(0, fires('a', 0), fires('b', 0), fires('c', 0));
    expect(h.notified(h.hook(3, ends('a', 0, 3), ends('b', 0, 3)))).toBe('');
    const last = h.hook(4, ends('c', 0, 4));
    expect(h.notified(last)).toBe('resolved 1');
    expect(last.state).toMatchObject({ status: 'resolved', firing: [] });
  });

  it('docs/rules.md#rule-5: a firing within the reopen window reopens, later it opens the next episode', () => {
    const h = history();
    h.hook(0, fires('a', 0));
    h.hook(5, ends('a', 0, 5));
    expect(h.notified(h.hook(14, fires('a', 14)))).toBe('reopened 1');
    h.hook(15, ends('a', 14, 15));
    const next = h.hook(40, fires('a', 40));
    expect(next.facts).toMatchObject([{ reason: 'opened', episode: 2 }]);
  });

  it('docs/rules.md#rule-5: a peer that comes back after an hour pages nobody; none active, and it is resolved again', () => {
    const h = history();
    h.hook(0, fires('a', 0));
    h.hook(5, ends('a', 0, 5));
    expect(h.hook(65, fires('a', 0))).toMatchObject({ facts: [], state: { status: 'firing' } });
    expect(h.tick(66, listed())).toMatchObject({ facts: [], state: { status: 'firing' } });
    expect(h.tick(67, listed())).toMatchObject({ facts: [], state: { status: 'resolved', episode: 1 } });
  });

  it('docs/rules.md#rule-5: active pages; without an answer it pages as unverified at six minutes and its resolve is notified', () => {
    const h = history();
    h.hook(0, fires('a', 0));
    h.hook(5, ends('a', 0, 5));
    h.hook(6, fires('a', 0));
    expect(h.notified(h.tick(8, listed(fires('a', 0))))).toBe('reopened 1');
    h.hook(9, ends('a', 0, 9));
    h.hook(10, fires('a', 0));
    expect([11, 12, 15].map((at) => h.notified(h.tick(at))).join('')).toBe('');
    expect(h.notified(h.tick(16))).toBe('unverified 1');
    expect(h.notified(h.hook(17, ends('a', 0, 17)))).toBe('resolved 1');
  });

  it('docs/rules.md#rule-5: what was cut off is unknown, not gone, and taken in from the list', () => {
    const h = history();
    h.cut(0, fires('a', 0));
    expect(h.cut(1, ends('a', 0, 1))).toMatchObject({ facts: [], state: { status: 'firing', firing: [] } });
    expect(h.tick(2, listed(fires('x', 0))).state?.firing).toEqual(['x']);
    expect(h.notified(h.hook(3, ends('x', 0, 3)))).toBe('resolved 1');
  });

  it('docs/rules.md#rule-5: odd times are fixed at first receipt; a late resolve changes nothing', () => {
    const h = history();
    h.hook(0, fires('a', 99));
    expect(h.hook(2, ends('a', 99, -1))).toMatchObject({ facts: [], state: { status: 'firing' } });
    expect(h.notified(h.hook(3, ends('a', 99, 3)))).toBe('resolved 1');
  });

  it('docs/rules.md#rule-6: heard of three times, then flapping, then how it ended', () => {
    const h = history();
    const heard = [];
    for (let at = 0; at < 32; at += 4) {
      heard.push(h.notified(h.hook(at, fires('a', at))), h.notified(h.hook(at + 2, ends('a', at, at + 2))));
    }
    expect(heard.filter((one) => one !== '')).toEqual([
      'opened 1',
      'resolved 1',
      'reopened 1',
      'resolved 1',
      'reopened 1',
      'resolved 1',
      'flapping 1',
    ]);
    expect(h.notified(h.tick(44))).toBe('');
    expect(h.notified(h.tick(45))).toBe('resolved 1');
  });

  it('docs/rules.md#rule-7: the resolve of an unknown alert is kept; an older firing is in doubt', () => {
    const h = history();
    expect(h.hook(0, ends('a', -9, -1))).toMatchObject({ facts: [], state: { status: 'resolved' } });
    expect(h.hook(1, fires('a', -9)).facts).toEqual([]);
  });

  it('docs/rules.md#rule-8: order and repetition end in the same firing alerts', () => {
    const hooks = [fires('a', 0), ends('a', 0, 1), fires('a', 3), fires('b', 2), ends('b', 2, 4)];
    for (const order of [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 2, 0, 4, 1, 3],
      [1, 0, 4, 3, 2],
    ]) {
      const h = history();
      order.forEach((n, at) => h.hook(5 + at, hooks[n] as ReportedAlert));
      const end = h.tick(15, listed(fires('a', 3)));
      expect(end.state).toMatchObject({ status: 'firing', firing: ['a'] });
    }
  });

  it('docs/rules.md#rule-10: two looks five minutes apart close it instead of calling on', () => {
    const h = history();
    h.hook(0, fires('a', 0));
    h.ack(1);
    expect(h.tick(30, listed())).toMatchObject({ facts: [], unsure: true });
    const end = h.tick(35, listed());
    expect(end.facts).toMatchObject([{ reason: 'closed', unlessNotifiedSince: min(30) }]);
    expect(end.state?.status).toBe('resolved');
  });

  it('docs/rules.md#rule-10: nothing heard for eight hours; silenced pauses tiers', () => {
    const h = history();
    h.hook(0, fires('a', 0, 'info'));
    h.tick(480, listed());
    expect(h.notified(h.tick(485, listed()))).toBe('closed 1');
    const s = history();
    s.hook(0, fires('a', 0));
    s.ack(1);
    expect(s.notified(s.tick(30, { kind: 'answer', active: [], silenced: ['a'] }))).toBe('');
    expect(s.notified(s.tick(40, listed(fires('a', 0))))).toBe('escalated 2');
  });

  it('docs/rules.md#rule-11: a tick that is an hour late calls L1, L2 and L3 by one message; none after the resolve', () => {
    const h = history();
    h.hook(0, fires('a', 0));
    expect(h.notified(h.tick(61))).toBe('escalated 3');
    h.hook(62, ends('a', 0, 62));
    expect(h.tick(200).facts).toEqual([]);
  });

  it('docs/rules.md#rule-12: repeats are ignored for the reopen window; a new alert reopens at once', () => {
    const h = history();
    h.hook(0, fires('a', 0, 'warning'));
    expect(h.byHand(1).state).toMatchObject({ status: 'resolved', firing: ['a'] });
    expect(h.notified(h.hook(5, fires('a', 0, 'warning')))).toBe('');
    expect(h.notified(h.hook(12, fires('a', 0, 'warning')))).toBe('reopened 1');
    h.byHand(13);
    expect(h.notified(h.hook(14, fires('b', 14)))).toBe('reopened 1');
  });

  it('maintenance: mutes while it covers all; what it does not cover is notified; at its end what fires pages', () => {
    const h = history();
    const until = min(120);
    h.take({ at: min(0), kind: 'maintenance', id: 'm', names: ['test'], until });
    expect(h.notified(h.hook(1, fires('test', 1)))).toBe('');
    expect(h.notified(h.tick(40))).toBe('');
    expect(h.notified(h.hook(60, fires('prod', 60)))).toBe('joined 1');
    const other = history();
    other.take({ at: min(0), kind: 'maintenance', id: 'm', names: ['test'], until });
    other.hook(1, fires('test', 1));
    expect(other.tick(120).facts).toHaveLength(1);
  });
});
