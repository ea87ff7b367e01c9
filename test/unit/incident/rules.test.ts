import { describe, expect, it } from 'vitest';
import type { ObservedAlert } from '../../../lib/core/grouping/observed-alert.ts';
import type { AlertmanagerStatus } from '../../../lib/core/incident/event.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { fingerprintOf, firing, resolved, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const answer = (active: string[], suppressed: string[] = []) => ({
  kind: 'answer' as const,
  active: active.map(fingerprintOf),
  suppressed: suppressed.map(fingerprintOf),
});
const unknown = { kind: 'unknown' as const, why: 'connection refused' };

describe('rule 1: a repeat of a known firing is a duplicate', () => {
  it('opens once, however often webhooks repeat the alert', () => {
    const scenario = new Scenario().fires(0, 'a');

    for (let i = 0; i < 20; i += 1) scenario.fires(1, 'a', { since: 0 });

    expect(scenario.notified).toEqual(['opened!']);
    expect(scenario.last).toMatchObject({ outcome: 'duplicate', changed: false });
  });

  it('updates lastSeenAt at most every 15 minutes', () => {
    const scenario = new Scenario().fires(0, 'a').fires(14, 'a', { since: 0 });
    expect(scenario.last?.changed).toBe(false);

    scenario.fires(16, 'a', { since: 0 });

    expect(scenario.last).toMatchObject({ changed: true, effects: [] });
    expect(scenario.incident?.lastSeenAt).toBe(T0 + 16 * MINUTE);
  });

  it('accepts the earlier start that Alertmanager keeps on overlap', () => {
    const scenario = new Scenario().fires(0, 'a').fires(1, 'a', { since: -5 });

    expect(scenario.last?.changed).toBe(false);
  });
});

describe('rule 2: a new fingerprint joins, a higher severity raises', () => {
  it('joins quietly while the page is unanswered', () => {
    const scenario = new Scenario().fires(0, 'a').fires(1, 'b');

    expect(scenario.notified).toEqual(['opened!', 'joined']);
  });

  it('pages at once for a severity that this episode never had', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b', { severity: 'critical' });

    expect(scenario.notified).toEqual(['opened!', 'raised!']);
    expect(scenario.incident).toMatchObject({ severity: 'critical', tiers: { clockStartedAt: T0 + MINUTE } });
  });

  it('does not restart the tier clock for a severity that this episode already had', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b')
      .ends(20, 'b', { since: 1 })
      .fires(30, 'b');

    expect(scenario.incident).toMatchObject({ severity: 'critical', tiers: { clockStartedAt: T0 + MINUTE } });
    expect(scenario.notified.at(-1)).toBe('raised!');
  });

  it('restarts the tier clock for a severity that was absent for longer than the reopen window', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b')
      .ends(20, 'b', { since: 1 })
      .fires(31, 'b');

    expect(scenario.incident).toMatchObject({
      severity: 'critical',
      tiers: { clockStartedAt: T0 + 31 * MINUTE, highest: 1 },
    });
    expect(scenario.notified.at(-1)).toBe('raised!');
  });

  it('measures how long a severity was absent by our clock, not by the alerts’ times', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b')
      .ends(20, 'b', { since: 1, at: 5 })
      .fires(30, 'b', { since: 29 });

    expect(scenario.incident?.tiers.clockStartedAt).toBe(T0 + MINUTE);
  });

  it('counts the resolve of the incident as the end of its severity', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(0, 'b')
      .ends(20, 'b')
      .ends(20, 'a', { severity: 'warning' })
      .fires(25, 'a', { severity: 'warning' })
      .fires(31, 'b');

    expect(scenario.incident).toMatchObject({ episode: 1, tiers: { clockStartedAt: T0 + 31 * MINUTE } });
  });

  it('restarts the tier clock for a reopen with a severity that ended long before the resolve', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(0, 'b')
      .ends(5, 'b')
      .ends(60, 'a', { severity: 'warning' })
      .fires(65, 'b');

    expect(scenario.incident).toMatchObject({ episode: 1, tiers: { clockStartedAt: T0 + 65 * MINUTE } });
    expect(scenario.notified.at(-1)).toBe('reopened!');
  });

  it('never restarts the tier clock for a lower severity', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .fires(1, 'b', { severity: 'info' })
      .ends(5, 'a')
      .fires(14, 'c', { severity: 'warning' });

    expect(scenario.incident).toMatchObject({ severity: 'warning', tiers: { clockStartedAt: T0 } });
  });

  it('pages for a severity that returns after a long time, although it was acknowledged before', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(0, 'b')
      .acknowledge(1)
      .ends(20, 'b')
      .fires(31, 'b');

    expect(scenario.notified.at(-1)).toBe('raised!');
    expect(scenario.incident).toMatchObject({ tiers: { highest: 1 }, paging: { reminded: false } });
    expect(scenario.incident?.ack).toBeUndefined();
  });
});

describe('rule 3: an acknowledgement covers what was shown', () => {
  it('pages again for a later fingerprint', () => {
    const scenario = new Scenario().fires(0, 'a').acknowledge(1).fires(2, 'b');

    expect(scenario.notified).toEqual(['opened!', 'acknowledged', 'joined!']);
  });

  it('pages at most once per five minutes while pods are replaced, and never loses the last page', () => {
    const scenario = new Scenario().fires(0, 'a').acknowledge(1).fires(2, 'b').fires(3, 'c').fires(4, 'd');
    expect(scenario.notified.filter((notified) => notified.endsWith('!'))).toEqual(['opened!', 'joined!']);

    scenario.tick(6);
    expect(scenario.last?.outcome).toBe('unchanged');
    scenario.tick(7);

    expect(scenario.notified.filter((notified) => notified.endsWith('!'))).toEqual([
      'opened!',
      'joined!',
      'joined!',
    ]);
  });

  it('never pages for a copy of an alert with a lower severity', () => {
    const scenario = new Scenario().fires(0, 'a', { identity: 'aaaaaaaaaaaa' }).acknowledge(1);

    scenario.fires(9, 'a2', { identity: 'aaaaaaaaaaaa', severity: 'warning' });

    expect(scenario.notified).toEqual(['opened!', 'acknowledged', 'joined']);
  });

  it('pages for alerts that an acknowledgement of an older message did not cover', () => {
    const scenario = new Scenario().fires(0, 'a');
    const shown = scenario.incident?.version as number;
    scenario.fires(1, 'b');

    scenario.acknowledge(2, 'Ana', shown).tick(3);

    expect(scenario.notified).toEqual(['opened!', 'joined', 'acknowledged', 'joined!']);
  });

  it('pages for a higher severity than the one acknowledged', () => {
    const scenario = new Scenario().fires(0, 'a', { severity: 'warning' }).acknowledge(1).fires(2, 'b');

    expect(scenario.notified.at(-1)).toBe('raised!');
  });

  it('ignores a second acknowledgement of the same version', () => {
    const scenario = new Scenario().fires(0, 'a').acknowledge(1, 'Ana').acknowledge(2, 'Ben');

    expect(scenario.count('acknowledged')).toBe(1);
    expect(scenario.incident?.ack?.by).toBe('Ana');
  });
});

describe('rule 4: some resolved is an update, all resolved is news', () => {
  it('updates in place when some alerts resolve', () => {
    const scenario = new Scenario().see(0, firing('a', T0), firing('b', T0)).ends(5, 'a');

    expect(scenario.notified).toEqual(['opened!', 'updated']);
    expect(scenario.incident?.status).toBe('open');
  });

  it('resolves once when all alerts have resolved, however often webhooks repeat it', () => {
    const scenario = new Scenario().see(0, firing('a', T0), firing('b', T0)).ends(5, 'a').ends(6, 'b');

    scenario.ends(7, 'b', { at: 6 }).ends(8, 'a', { at: 5 });

    expect(scenario.notified).toEqual(['opened!', 'updated', 'resolved']);
    expect(scenario.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });
  });

  it('announces a lowered severity as an update', () => {
    const scenario = new Scenario()
      .see(0, firing('a', T0), firing('b', T0, { severity: 'warning' }))
      .ends(5, 'a');

    expect(scenario.incident?.severity).toBe('warning');
    expect(scenario.notified.at(-1)).toBe('updated');
  });
});

describe('rule 5: alert times are compared only with alert times', () => {
  it('reopens the incident when an alert fires again within the reopen window', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(14, 'a');

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'reopened!']);
    expect(scenario.incident?.episode).toBe(1);
  });

  it('opens a new episode when an alert fires again later than that', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(16, 'a');

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'opened!']);
    expect(scenario.incident).toMatchObject({ episode: 2, version: 1 });
  });

  it('uses the alert’s clock, not ours: a late webhook still reopens', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(60, 'a', { since: 8 });

    expect(scenario.incident?.episode).toBe(1);
    expect(scenario.notified.at(-1)).toBe('reopened!');
  });

  it('reopens silently on a firing that is not later than the last end, and a resolve ends it silently', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });
    expect(scenario.incident?.status).toBe('open');

    scenario.ends(7, 'a', { at: 5 });

    expect(scenario.incident?.status).toBe('resolved');
    expect(scenario.notified).toEqual(['opened!', 'resolved']);
  });

  it('pages for an unconfirmed firing that Alertmanager confirms after two minutes', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });
    expect(scenario.incident?.nextDueAt).toBe(T0 + 8 * MINUTE);

    scenario.reconcile(8, answer(['a'])).tick(8);

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'reopened!']);
  });

  it('ends an unconfirmed firing silently if Alertmanager no longer has it', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });

    scenario.reconcile(8, answer([])).tick(8);

    expect(scenario.incident?.status).toBe('resolved');
    expect(scenario.notified).toEqual(['opened!', 'resolved']);
  });

  it('pages for an unconfirmed firing as unverified at six minutes without an answer', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });

    for (let minute = 8; minute < 12; minute += 1)
      scenario.reconcile(minute, unknown).tick(minute, 'refused');
    expect(scenario.notified).toEqual(['opened!', 'resolved']);
    scenario.reconcile(12, unknown).tick(12, 'refused');

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'unverified!']);
    expect(scenario.effects.at(-1)?.unverified).toBe('refused');
  });

  it('announces the resolve after an unverified page, although that resolve was already known', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .tick(12, 'refused');

    scenario.ends(13, 'a', { at: 5 });

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'unverified!', 'resolved']);
    expect(scenario.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });
  });

  it('announces the resolve after an unverified page as an update while another alert fires', () => {
    const scenario = new Scenario()
      .see(0, firing('a', T0), firing('b', T0))
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .tick(12, 'refused');

    scenario.ends(13, 'a', { at: 5 });

    expect(scenario.notified).toEqual(['opened!', 'updated', 'unverified', 'updated']);
  });

  it('lets Alertmanager confirm a firing after its unverified page', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .tick(12, 'refused')
      .reconcile(27, answer(['a']));

    scenario.ends(28, 'a', { at: 5 });

    expect(scenario.incident?.status).toBe('open');
  });

  it('only records a resolve that ended before the known start', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(8, 'a').ends(9, 'a', { at: 6 });

    expect(scenario.incident?.status).toBe('open');
    expect(scenario.last?.outcome).toBe('recorded');
  });

  it('does not let a repeat of an old resolve end a firing that Alertmanager confirmed', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .reconcile(8, answer(['a']));

    scenario.ends(9, 'a', { at: 5 });

    expect(scenario.incident?.status).toBe('open');
  });

  it('recognises a late report of an alert from an earlier episode', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(60, 'b').fires(61, 'a', { since: 0 });

    expect(scenario.incident?.episode).toBe(2);
    expect(scenario.notified).toEqual(['opened!', 'resolved', 'opened!']);
  });
});

describe('rule 6: flapping is announced once', () => {
  const flapping = () =>
    new Scenario()
      .fires(0, 'a')
      .ends(2, 'a')
      .fires(4, 'a')
      .ends(6, 'a', { since: 4 })
      .fires(8, 'a')
      .ends(10, 'a', { since: 8 })
      .fires(12, 'a');

  it('announces flapping on the third reopen within an hour', () => {
    expect(flapping().notified.slice(-3)).toEqual(['reopened!', 'resolved', 'flapping!']);
  });

  it('sends no notice for further reopens and resolves', () => {
    const scenario = flapping();
    const before = scenario.notified.length;

    scenario.ends(14, 'a', { since: 12 }).fires(16, 'a').ends(18, 'a', { since: 16 });

    expect(scenario.notified).toHaveLength(before);
  });

  it('ends with one summary after 15 calm minutes, which pages if it still fires', () => {
    const scenario = flapping();
    const before = scenario.notified.length;

    scenario.tick(26).tick(27).tick(28);

    expect(scenario.notified.slice(before)).toEqual(['reopened!']);
  });

  it('ends with a quiet summary if it is resolved', () => {
    const scenario = flapping().ends(14, 'a', { since: 12 });
    const before = scenario.notified.length;

    scenario.tick(28).tick(29).tick(30);

    expect(scenario.notified.slice(before)).toEqual(['resolved']);
  });

  it('announces a resolve by hand if the last resolve was kept quiet', () => {
    const scenario = flapping().ends(14, 'a', { since: 12 }).fires(15, 'a', { since: 12 });
    const before = scenario.notified.length;

    scenario.resolveByHand(16).tick(30);

    expect(scenario.notified.slice(before)).toEqual(['resolved']);
    expect(scenario.effects.at(-1)).toMatchObject({ userAction: { by: 'Ana' } });
  });

  it('keeps the tier clock running through short resolves', () => {
    const scenario = flapping();

    scenario.run(13, 30, ['a']);

    expect(scenario.incident?.tiers.clockStartedAt).toBe(T0);
    expect(scenario.effects.at(-1)).toMatchObject({ reason: 'escalated', tier: 2 });
  });

  it('clears the acknowledgement on a reopen, but not while flapping', () => {
    const real = new Scenario().fires(0, 'a').acknowledge(1).ends(2, 'a').fires(4, 'a');
    const flaps = flapping().acknowledge(13).ends(14, 'a', { since: 12 }).fires(16, 'a');

    expect(real.incident?.ack).toBeUndefined();
    expect(flaps.incident?.ack).toBeDefined();
  });

  it('still pages for a new fingerprint after an acknowledgement', () => {
    const scenario = flapping().acknowledge(13).fires(20, 'b');

    expect(scenario.notified.at(-1)).toBe('joined!');
  });
});

describe('rule 7: a resolve for an unknown alert', () => {
  it('is stored as a resolved episode without a notice and outside the statistics', () => {
    const scenario = new Scenario().ends(5, 'a');

    expect(scenario.incident).toMatchObject({ status: 'resolved', neverFired: true, episode: 1 });
    expect(scenario.effects).toEqual([]);
  });

  it('keeps a firing silent that arrives after its own resolve (rule 5)', () => {
    const scenario = new Scenario().ends(5, 'a').fires(6, 'a', { since: 0 }).reconcile(8, answer([]));

    expect(scenario.notified).toEqual([]);
    expect(scenario.incident).toMatchObject({ status: 'resolved', neverFired: true });
  });

  it('opens the incident when the alert fires again', () => {
    const scenario = new Scenario().ends(5, 'a').fires(8, 'a');

    expect(scenario.notified).toEqual(['opened!']);
    expect(scenario.incident).toMatchObject({ neverFired: false, openedAt: T0 + 8 * MINUTE });
  });
});

describe('rule 9: promotion raises the severity', () => {
  it('counts distinct firings, never webhooks', () => {
    const scenario = new Scenario({
      promotions: [{ kind: 'repeated', to: 'critical', count: 3, within: 60 * MINUTE }],
    });
    for (let i = 0; i < 10; i += 1) scenario.fires(0, 'a', { severity: 'warning' });
    scenario.ends(1, 'a').fires(20, 'a', { severity: 'warning' }).ends(21, 'a', { since: 20 });
    expect(scenario.incident?.severity).toBe('warning');

    scenario.fires(40, 'a', { severity: 'warning' });

    expect(scenario.incident?.severity).toBe('critical');
  });

  it('promotes an incident that is open for long, by a tick', () => {
    const scenario = new Scenario({
      promotions: [{ kind: 'open-longer', to: 'critical', after: 10 * MINUTE }],
    });
    scenario.fires(0, 'a', { severity: 'warning' }).tick(9);
    expect(scenario.incident?.severity).toBe('warning');

    scenario.tick(10).tick(11);

    expect(scenario.notified).toEqual(['opened!', 'raised!']);
  });

  it('promotes when several services are affected at once', () => {
    const scenario = new Scenario({
      promotions: [{ kind: 'distinct-values', to: 'critical', label: 'service', atLeast: 2 }],
    });
    scenario.fires(0, 'a', { severity: 'warning', watchedValue: 'exchange' });

    scenario.fires(1, 'b', { severity: 'warning', watchedValue: 'llm' });

    expect(scenario.notified).toEqual(['opened!', 'raised!']);
  });
});

describe('rule 10: lost resolves are looked for', () => {
  it('asks Alertmanager about an incident without a webhook for eight hours', () => {
    const scenario = new Scenario().fires(0, 'a', { severity: 'info' });

    expect(scenario.incident?.nextDueAt).toBe(T0 + 480 * MINUTE);
  });

  it('closes an incident whose alerts are absent from two answers five minutes apart, not from one', () => {
    const scenario = new Scenario().fires(0, 'a').reconcile(480, answer([])).tick(480);
    expect(scenario.incident?.status).toBe('open');

    scenario.reconcile(484, answer([])).tick(484);
    expect(scenario.incident?.status).toBe('open');
    scenario.reconcile(485, answer([])).tick(485);

    expect(scenario.incident).toMatchObject({ status: 'resolved', resolution: 'vanished' });
    expect(scenario.notified.at(-1)).toBe('closed');
  });

  it('holds a tier until the second answer, and calls it if the alert is back', () => {
    const scenario = new Scenario().fires(0, 'a').run(1, 29, ['a']);

    scenario.reconcile(30, answer([])).tick(30);
    expect(scenario.count('escalated')).toBe(0);
    scenario.reconcile(31, answer(['a'])).tick(31);

    expect(scenario.count('escalated')).toBe(1);
  });

  it('calls the tier unverified if Alertmanager gives no answer', () => {
    const scenario = new Scenario().fires(0, 'a').reconcile(30, unknown).tick(30, 'connection refused');

    expect(scenario.effects.at(-1)).toMatchObject({ reason: 'escalated', unverified: 'connection refused' });
  });

  it('does not hold a tier after one absence if the second request gets no answer', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .reconcile(29, answer([]))
      .reconcile(30, unknown)
      .tick(30, 'refused');

    expect(scenario.count('escalated')).toBe(1);
  });

  it('pauses the tiers while silenced, announces it once, and resumes afterwards', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .reconcile(20, answer([], ['a']))
      .reconcile(25, answer([], ['a']));
    expect(scenario.count('updated')).toBe(1);

    scenario.tick(31);
    expect(scenario.count('escalated')).toBe(0);
    scenario.reconcile(40, answer(['a'])).tick(40);
    expect(scenario.count('escalated')).toBe(0);
    scenario.reconcile(50, answer(['a'])).tick(50);

    expect(scenario.count('escalated')).toBe(1);
  });

  it('does not count silenced time for the tiers when a new alert ends the pause', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .reconcile(10, answer([], ['a']))
      .fires(40, 'b');

    scenario.tick(41);
    expect(scenario.count('escalated')).toBe(0);
    scenario.tick(60);

    expect(scenario.count('escalated')).toBe(1);
  });

  it('reopens a closed incident on a firing, even with the same start', () => {
    const scenario = new Scenario().fires(0, 'a').reconcile(480, answer([])).reconcile(485, answer([]));

    scenario.fires(600, 'a', { since: 0 });

    expect(scenario.notified.slice(-2)).toEqual(['closed', 'reopened!']);
    expect(scenario.incident?.episode).toBe(1);
  });
});

describe('rule 10: alerts that were cut off are unknown, not gone', () => {
  const cut = { truncated: true, size: 5 };
  const truncated = () => new Scenario().seeGroup(0, cut, firing('a', T0), firing('b', T0));
  const allOver = (scenario: Scenario) =>
    scenario.seeGroup(5, cut, resolved('a', T0, T0 + 5 * MINUTE), resolved('b', T0, T0 + 5 * MINUTE));

  it('asks Alertmanager at the next tick, and again after five minutes', () => {
    const scenario = allOver(truncated());
    expect(scenario.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 6 * MINUTE);

    scenario.reconcile(6, answer([])).tick(6);

    expect(scenario.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 11 * MINUTE);
    expect(scenario.reconcile(10, answer([])).incident?.status).toBe('open');
    expect(scenario.reconcile(11, answer([])).notified).toEqual(['opened!', 'updated', 'resolved']);
  });

  it('starts a new round if one of them is back in between', () => {
    const scenario = allOver(truncated());

    scenario
      .reconcile(6, answer([]))
      .reconcile(11, answer(['e']))
      .reconcile(16, answer([]));

    expect(scenario.incident?.status).toBe('open');
    expect(scenario.reconcile(21, answer([])).incident?.status).toBe('resolved');
  });

  it('holds a tier until the second answer, but not without one', () => {
    const held = allOver(truncated()).reconcile(29, answer([])).tick(30);
    const unanswered = allOver(truncated()).reconcile(29, answer([])).tick(30, 'refused');

    expect(held.count('escalated')).toBe(0);
    expect(unanswered.effects.at(-1)).toMatchObject({ reason: 'escalated', unverified: 'refused' });
  });

  it('closes when known alerts and those cut off are gone', () => {
    const scenario = truncated().reconcile(24, answer([])).reconcile(30, answer([]));

    expect(scenario.notified.at(-1)).toBe('closed');
  });

  it('keeps the last severity while only unknown alerts may fire', () => {
    const scenario = allOver(truncated()).tick(30, 'refused');

    expect(scenario.incident?.severity).toBe('critical');
    expect(scenario.notified.slice(-2)).toEqual(['updated', 'escalated!']);
  });

  it('ends when a complete webhook resolves an alert that was cut off', () => {
    const scenario = allOver(truncated());

    scenario.seeGroup(9, { truncated: false, size: 1 }, resolved('e', T0, T0 + 8 * MINUTE));

    expect(scenario.notified.at(-1)).toBe('resolved');
  });

  it('is not ended by a complete webhook that is older than the truncated one', () => {
    const scenario = new Scenario().fires(0, 'a').ends(1, 'a').fires(4, 'b');
    scenario.seeGroup(5, cut, resolved('b', T0 + 4 * MINUTE, T0 + 5 * MINUTE));

    scenario.ends(6, 'a', { at: 1 });

    expect(scenario.incident?.status).toBe('open');
  });

  it('ends for each group separately, and beyond twenty groups only by answers', () => {
    const groups = Array.from({ length: 30 }, (_, at) => `g${at}`);
    const scenario = new Scenario();
    for (const id of groups) scenario.seeGroup(0, { ...cut, id }, firing('a', T0));
    expect(scenario.incident?.truncation?.groups).toHaveLength(21);

    for (const id of groups) scenario.seeGroup(5, { id }, resolved('a', T0, T0 + 5 * MINUTE));

    expect(scenario.incident?.truncation?.groups).toHaveLength(1);
    scenario.reconcile(6, answer([])).reconcile(11, answer([]));
    expect(scenario.incident?.status).toBe('resolved');
  });

  it('ignores a truncated repeat after the resolve', () => {
    const scenario = allOver(truncated()).reconcile(6, answer([])).reconcile(11, answer([]));
    const notified = [...scenario.notified];

    allOver(scenario).tick(20, 'refused');

    expect(scenario.notified).toEqual(notified);
    expect(scenario.incident?.status).toBe('resolved');
  });

  it('forgets the truncation of an earlier episode', () => {
    const scenario = allOver(truncated()).reconcile(6, answer([])).reconcile(11, answer([]));

    scenario.fires(60, 'a').ends(61, 'a', { since: 60 });

    expect(scenario.incident).toMatchObject({ episode: 2, status: 'resolved' });
    expect(scenario.incident?.truncation).toBeUndefined();
  });
});

describe('rule 10: an alert that was cut off and that Alertmanager lists', () => {
  const cut = { truncated: true, size: 5 };
  const warning = { severity: 'warning' as const };
  const warned = () => new Scenario().seeGroup(0, cut, firing('w', T0, warning), firing('v', T0, warning));
  const lists = (known: string[], cutOff: ObservedAlert[]): AlertmanagerStatus => ({
    kind: 'answer',
    active: [...known.map(fingerprintOf), ...cutOff.map(({ fingerprint }) => fingerprint)],
    suppressed: [],
    cutOff,
  });

  it('pages at once if it is more severe than what was acknowledged', () => {
    const scenario = warned()
      .acknowledge(1)
      .reconcile(2, lists(['w', 'v'], [firing('c', T0)]));

    expect(scenario.notified).toEqual(['opened!', 'acknowledged', 'raised!']);
    expect(scenario.incident).toMatchObject({
      severity: 'critical',
      tiers: { highest: 1, clockStartedAt: T0 + 2 * MINUTE },
    });
  });

  it('does not page before an acknowledgement if it is not more severe', () => {
    const scenario = warned().reconcile(1, lists(['w', 'v'], [firing('x', T0, warning)]));

    expect(scenario.notified).toEqual(['opened!', 'joined']);
    expect(scenario.effects.at(-1)?.summary).toBe(
      'Alertmanager lists 1 alert that its webhook cut off (max_alerts).',
    );
  });

  it('counts for a promotion', () => {
    const promotions = [{ kind: 'distinct-values', label: 'pod', atLeast: 3, to: 'critical' }] as const;
    const scenario = new Scenario({ promotions: [...promotions] });
    const of = (name: string) => firing(name, T0, { severity: 'warning', watchedValue: name });
    scenario.seeGroup(0, cut, of('a')).reconcile(1, lists(['a'], [of('b'), of('c')]));

    expect(scenario.incident?.severity).toBe('critical');
    expect(scenario.effects.at(-1)?.summary).toBe(
      'Raised to critical; Alertmanager lists 2 alerts that its webhook cut off (max_alerts).',
    );
  });

  it('is unconfirmed if its end is known, and confirmed by a second answer', () => {
    const scenario = warned()
      .fires(1, 'c')
      .seeGroup(3, cut, resolved('c', T0 + MINUTE, T0 + 3 * MINUTE));
    const pages = scenario.effects.filter(({ ping }) => ping).length;
    const again = firing('c', T0 + MINUTE);

    scenario.reconcile(4, lists(['w', 'v'], [again]));
    expect(
      scenario.incident?.alerts.find(({ fingerprint }) => fingerprint === again.fingerprint),
    ).toMatchObject({ state: 'unconfirmed' });
    expect(scenario.effects.filter(({ ping }) => ping)).toHaveLength(pages);
    expect(scenario.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 6 * MINUTE);

    scenario.reconcile(6, lists(['w', 'v', 'c'], []));
    expect(scenario.notified.at(-1)).toMatch(/^joined/);
  });

  it('takes the remaining room by severity', () => {
    const all = Array.from({ length: 9_999 }, (_, at) => firing(`${at}`, T0, warning));
    const scenario = new Scenario().seeGroup(0, cut, ...all);

    scenario.reconcile(1, lists([], [firing('x', T0, warning), firing('c', T0), firing('y', T0, warning)]));

    expect(scenario.incident).toMatchObject({ severity: 'critical', overflow: 2 });
    expect(scenario.incident?.alerts).toHaveLength(10_000);
  });

  it('counts as reported by webhooks once one names it, and then the truncation can end', () => {
    const scenario = warned().reconcile(1, lists(['w', 'v'], [firing('c', T0)]));
    const known = lists(['w', 'v', 'c'], []);
    scenario.reconcile(6, known).reconcile(11, known);
    expect(scenario.incident?.truncation).toBeDefined();

    scenario.fires(12, 'c', { since: 0 }).reconcile(13, known).reconcile(18, known);

    expect(scenario.incident?.truncation).toBeUndefined();
    expect(scenario.incident).toMatchObject({ status: 'open', severity: 'critical' });
  });

  it('keeps the severity through one answer without it, not through two', () => {
    const scenario = warned().fires(1, 'c');
    scenario.seeGroup(3, cut, resolved('c', T0 + MINUTE, T0 + 3 * MINUTE));
    const without = answer(['w', 'v'], ['s']);

    scenario.reconcile(4, without);
    expect(scenario.incident?.severity).toBe('critical');
    scenario.reconcile(9, without);

    expect(scenario.incident?.severity).toBe('warning');
    expect(scenario.effects.at(-1)?.summary).toBe(
      'Lowered to warning: Alertmanager lists nothing more severe.',
    );
  });

  it('keeps the severity when only the second of two answers lists nothing as severe', () => {
    const scenario = warned()
      .fires(1, 'c')
      .reconcile(2, answer(['w', 'v', 'c']));
    scenario.seeGroup(3, cut, resolved('c', T0 + MINUTE, T0 + 3 * MINUTE));
    const without = answer(['w', 'v'], ['s']);

    scenario.reconcile(4, without).reconcile(7, without);
    expect(scenario.incident?.severity).toBe('critical');
    scenario.reconcile(12, without);

    expect(scenario.incident?.severity).toBe('warning');
  });
});

describe('rule 10: what only some peers of Alertmanager can say', () => {
  const some = (...active: string[]): AlertmanagerStatus => ({
    kind: 'unknown',
    why: 'peer 2 of 2: refused',
    active: active.map(fingerprintOf),
  });

  it('confirms a doubtful firing that one of them lists, after two minutes, and ends none', () => {
    const scenario = new Scenario().fires(0, 'a').fires(0, 'b').ends(5, 'a').ends(5, 'b');
    scenario.see(20, firing('a', T0), firing('b', T0));

    scenario.reconcile(21, some('a'));
    expect(scenario.incident?.alerts.map(({ state }) => state)).toEqual(['unconfirmed', 'unconfirmed']);
    scenario.reconcile(22, some('a')).tick(22, 'refused');

    expect(scenario.incident?.alerts.map(({ state }) => state)).toEqual(['confirmed', 'unconfirmed']);
    expect(scenario.notified.at(-1)).toBe('reopened!');
    expect(scenario.incident?.reconcile.unconfirmedSince).toBe(T0 + 20 * MINUTE);
  });

  it('costs no write when it says nothing new', () => {
    const scenario = new Scenario().fires(0, 'a').fires(1, 'b');
    const { version } = scenario.incident ?? {};

    scenario.reconcile(24, some('a')).reconcile(29, some()).reconcile(34, some());

    expect(scenario.incident).toMatchObject({ status: 'open', version });
  });
});

describe('rule 11: resolved wins over due', () => {
  it('sends nothing after the resolve', () => {
    const scenario = new Scenario().fires(0, 'a').ends(14, 'a').tick(15).tick(30).tick(60);

    expect(scenario.notified).toEqual(['opened!', 'resolved']);
    expect(scenario.incident?.nextDueAt).toBeUndefined();
  });

  it('plays a critical incident through 90 minutes', () => {
    const scenario = new Scenario().fires(0, 'a').run(1, 90, ['a']);

    const notices = scenario.effects.map((effect) => [(effect.at - T0) / MINUTE, effect.reason, effect.tier]);
    expect(notices).toEqual([
      [0, 'opened', 1],
      [15, 'reminder', 1],
      [30, 'escalated', 2],
      [60, 'escalated', 3],
    ]);
  });

  it('reminds of a warning after an hour and never escalates it', () => {
    const scenario = new Scenario().fires(0, 'a', { severity: 'warning' }).run(1, 90, ['a']);

    expect(scenario.notified).toEqual(['opened!', 'reminder!']);
  });

  it('reminds nobody after an acknowledgement, but still escalates', () => {
    const scenario = new Scenario().fires(0, 'a').acknowledge(5).run(6, 90, ['a']);

    expect(scenario.notified).toEqual(['opened!', 'acknowledged', 'escalated!', 'escalated!']);
  });

  it('stops the tiers on acknowledgement if the policy says so', () => {
    const scenario = new Scenario();
    scenario.policy.escalation.critical.acknowledgeStopsTiers = true;

    scenario.fires(0, 'a').acknowledge(5).run(6, 90, ['a']);

    expect(scenario.notified).toEqual(['opened!', 'acknowledged']);
  });

  it('sends one notice for a late tick: the highest due tier, to every tier passed over', () => {
    const scenario = new Scenario()
      .fires(0, 'a')
      .reconcile(75, answer(['a']))
      .tick(75)
      .tick(76);

    expect(scenario.notified).toEqual(['opened!', 'escalated!']);
    expect(scenario.effects.at(-1)).toMatchObject({ tier: 3, tiers: [2, 3] });
  });
});

describe('rule 12: resolved by hand while firing', () => {
  it('ignores repeats for the reopen window; the next repeat reopens', () => {
    const scenario = new Scenario().fires(0, 'a').resolveByHand(5).fires(10, 'a', { since: 0 });
    expect(scenario.incident?.status).toBe('resolved');

    scenario.fires(16, 'a', { since: 0 });

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'reopened!']);
  });

  it('announces the person’s note', () => {
    const scenario = new Scenario().fires(0, 'a').resolveByHand(5, 'Ana', 'ended the blocker');

    expect(scenario.effects.at(-1)?.summary).toBe('Resolved by hand by Ana: ended the blocker');
  });

  it('reopens at once for a new fingerprint', () => {
    const scenario = new Scenario().fires(0, 'a').resolveByHand(5).fires(6, 'b');

    expect(scenario.notified.at(-1)).toBe('reopened!');
  });

  it('asks for what was cut off at the tick after the webhook, and reopens at once on what the list has more', () => {
    const warning = { severity: 'warning' as const };
    const cut = { truncated: true, size: 5 };
    const scenario = new Scenario().see(0, firing('w', T0, warning)).resolveByHand(5);
    expect(scenario.incident?.nextDueAt).toBeUndefined();

    scenario.seeGroup(6, cut, firing('w', T0, warning));
    expect(scenario.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 7 * MINUTE);
    scenario.reconcile(7, { ...answer(['w']), cutOff: [] });
    expect(scenario.incident).toMatchObject({ status: 'resolved', nextDueAt: T0 + 12 * MINUTE });
    scenario.reconcile(12, { ...answer(['w', 'c']), cutOff: [firing('c', T0 + 8 * MINUTE)] });

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'reopened!']);
    expect(scenario.incident).toMatchObject({ status: 'open', severity: 'critical' });
  });

  it('asks at the tick after the resolve by hand, however lately it was asked', () => {
    const warning = { severity: 'warning' as const };
    const scenario = new Scenario().seeGroup(0, { truncated: true, size: 5 }, firing('w', T0, warning));
    scenario.reconcile(4, { ...answer(['w']), cutOff: [] }).resolveByHand(5);

    expect(scenario.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 6 * MINUTE);
  });

  it('is a doubt where the list has a firing whose end is known, and reopens when it has it two minutes later', () => {
    const scenario = new Scenario().see(0, firing('a', T0), firing('b', T0)).ends(2, 'b').resolveByHand(5);
    scenario.seeGroup(6, { truncated: true, size: 5 }, firing('a', T0));
    const again = { ...answer(['a', 'b']), cutOff: [firing('b', T0)] };

    scenario.reconcile(7, again);
    expect(scenario.incident?.status).toBe('resolved');
    expect(scenario.incident?.nextDueAt).toBe(T0 + 9 * MINUTE);
    scenario.reconcile(9, answer(['a', 'b']));

    expect(scenario.incident?.status).toBe('open');
  });

  it('takes the real resolve quietly and opens a new episode later', () => {
    const scenario = new Scenario().fires(0, 'a').resolveByHand(5).ends(8, 'a').fires(60, 'a');

    expect(scenario.notified).toEqual(['opened!', 'resolved', 'opened!']);
    expect(scenario.incident?.episode).toBe(2);
  });
});

describe('one webhook with many facts', () => {
  it('makes at most one notice for a join, a partial resolve and a raise', () => {
    const scenario = new Scenario().see(
      0,
      firing('a', T0, { severity: 'warning' }),
      firing('b', T0, { severity: 'warning' }),
    );

    scenario.see(1, resolved('a', T0, T0 + MINUTE, { severity: 'warning' }), firing('c', T0 + MINUTE));

    expect(scenario.notified).toEqual(['opened!', 'raised!']);
    expect(scenario.effects.at(-1)?.summary).toBe('Raised to critical; 1 alert joined, 1 alert resolved.');
  });
});
