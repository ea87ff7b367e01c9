import { describe, expect, it } from 'vitest';
import type { ObservedAlert } from '../../../lib/core/grouping/observed-alert.ts';
import type { AlertmanagerStatus } from '../../../lib/core/incident/event.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { fingerprintOf, firing, resolved, Story, T0 } from '../../support/harness/incident-history.ts';

const answer = (active: string[], suppressed: string[] = []) => ({
  kind: 'answer' as const,
  active: active.map(fingerprintOf),
  suppressed: suppressed.map(fingerprintOf),
});
const unknown = { kind: 'unknown' as const, why: 'connection refused' };

describe('rule 1: a repeat of a known firing is a duplicate', () => {
  it('opens once however often the same alert is delivered', () => {
    const story = new Story().fires(0, 'a');

    for (let i = 0; i < 20; i += 1) story.fires(1, 'a', { since: 0 });

    expect(story.told).toEqual(['opened!']);
    expect(story.last).toMatchObject({ outcome: 'duplicate', changed: false });
  });

  it('refreshes when it was last heard at most every 15 minutes', () => {
    const story = new Story().fires(0, 'a').fires(14, 'a', { since: 0 });
    expect(story.last?.changed).toBe(false);

    story.fires(16, 'a', { since: 0 });

    expect(story.last).toMatchObject({ changed: true, effects: [] });
    expect(story.incident?.lastSeenAt).toBe(T0 + 16 * MINUTE);
  });

  it('is not confused by the earlier start that Alertmanager keeps on overlap', () => {
    const story = new Story().fires(0, 'a').fires(1, 'a', { since: -5 });

    expect(story.last?.changed).toBe(false);
  });
});

describe('rule 2: a new fingerprint joins, a higher severity raises', () => {
  it('joins quietly while the page is unanswered', () => {
    const story = new Story().fires(0, 'a').fires(1, 'b');

    expect(story.told).toEqual(['opened!', 'joined']);
  });

  it('raises with a page, at once, to a severity this episode never had', () => {
    const story = new Story().fires(0, 'a', { severity: 'warning' }).fires(1, 'b', { severity: 'critical' });

    expect(story.told).toEqual(['opened!', 'raised!']);
    expect(story.incident).toMatchObject({ severity: 'critical', clockStartedAt: T0 + MINUTE });
  });

  it('does not restart the tier clock on a severity this episode already had', () => {
    const story = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b')
      .ends(20, 'b', { since: 1 })
      .fires(30, 'b');

    expect(story.incident).toMatchObject({ severity: 'critical', clockStartedAt: T0 + MINUTE });
    expect(story.told.at(-1)).toBe('raised!');
  });

  it('restarts the tier clock on a severity that was away for longer than the reopen window', () => {
    const story = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b')
      .ends(20, 'b', { since: 1 })
      .fires(31, 'b');

    expect(story.incident).toMatchObject({ severity: 'critical', clockStartedAt: T0 + 31 * MINUTE, tier: 1 });
    expect(story.told.at(-1)).toBe('raised!');
  });

  it('counts how long a severity was away from our clock, not from the times of the alerts', () => {
    const story = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'b')
      .ends(20, 'b', { since: 1, at: 5 })
      .fires(30, 'b', { since: 29 });

    expect(story.incident?.clockStartedAt).toBe(T0 + MINUTE);
  });

  it('counts the resolve of the whole incident as the end of a severity that a reopen brings back later', () => {
    const story = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(0, 'b')
      .ends(20, 'b')
      .ends(20, 'a', { severity: 'warning' })
      .fires(25, 'a', { severity: 'warning' })
      .fires(31, 'b');

    expect(story.incident).toMatchObject({ episode: 1, clockStartedAt: T0 + 31 * MINUTE });
  });

  it('restarts the tier clock when a reopen brings back what had ended long before the resolve', () => {
    const story = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(0, 'b')
      .ends(5, 'b')
      .ends(60, 'a', { severity: 'warning' })
      .fires(65, 'b');

    expect(story.incident).toMatchObject({ episode: 1, clockStartedAt: T0 + 65 * MINUTE });
    expect(story.told.at(-1)).toBe('reopened!');
  });

  it('never restarts the tier clock on a lower severity', () => {
    const story = new Story()
      .fires(0, 'a')
      .fires(1, 'b', { severity: 'info' })
      .ends(5, 'a')
      .fires(14, 'c', { severity: 'warning' });

    expect(story.incident).toMatchObject({ severity: 'warning', clockStartedAt: T0 });
  });

  it('pages for a severity that came back after long, although it was acknowledged before', () => {
    const story = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(0, 'b')
      .acknowledge(1)
      .ends(20, 'b')
      .fires(31, 'b');

    expect(story.told.at(-1)).toBe('raised!');
    expect(story.incident).toMatchObject({ tier: 1, reminded: false });
    expect(story.incident?.ack).toBeUndefined();
  });
});

describe('rule 3: an acknowledgement covers what was shown', () => {
  it('pages again for a fingerprint that came later', () => {
    const story = new Story().fires(0, 'a').acknowledge(1).fires(2, 'b');

    expect(story.told).toEqual(['opened!', 'acknowledged', 'joined!']);
  });

  it('pages at most once per five minutes under pod churn, and never forgets the last one', () => {
    const story = new Story().fires(0, 'a').acknowledge(1).fires(2, 'b').fires(3, 'c').fires(4, 'd');
    expect(story.told.filter((told) => told.endsWith('!'))).toEqual(['opened!', 'joined!']);

    story.tick(6);
    expect(story.last?.outcome).toBe('unchanged');
    story.tick(7);

    expect(story.told.filter((told) => told.endsWith('!'))).toEqual(['opened!', 'joined!', 'joined!']);
  });

  it('never pages for a copy that differs only in an equal or lower severity', () => {
    const story = new Story().fires(0, 'a', { identity: 'aaaaaaaaaaaa' }).acknowledge(1);

    story.fires(9, 'a2', { identity: 'aaaaaaaaaaaa', severity: 'warning' });

    expect(story.told).toEqual(['opened!', 'acknowledged', 'joined']);
  });

  it('pages for what the person did not see when they acknowledged an older message', () => {
    const story = new Story().fires(0, 'a');
    const shown = story.incident?.version as number;
    story.fires(1, 'b');

    story.acknowledge(2, 'Ana', shown).tick(3);

    expect(story.told).toEqual(['opened!', 'joined', 'acknowledged', 'joined!']);
  });

  it('pages for a higher severity than the one acknowledged', () => {
    const story = new Story().fires(0, 'a', { severity: 'warning' }).acknowledge(1).fires(2, 'b');

    expect(story.told.at(-1)).toBe('raised!');
  });

  it('says nothing the second time somebody acknowledges the same', () => {
    const story = new Story().fires(0, 'a').acknowledge(1, 'Ana').acknowledge(2, 'Ben');

    expect(story.count('acknowledged')).toBe(1);
    expect(story.incident?.ack?.by).toBe('Ana');
  });
});

describe('rule 4: some resolved updates quietly, all resolved says so', () => {
  it('updates in place when some alerts resolved', () => {
    const story = new Story().see(0, firing('a', T0), firing('b', T0)).ends(5, 'a');

    expect(story.told).toEqual(['opened!', 'updated']);
    expect(story.incident?.status).toBe('open');
  });

  it('resolves once when all have resolved, however often that is delivered', () => {
    const story = new Story().see(0, firing('a', T0), firing('b', T0)).ends(5, 'a').ends(6, 'b');

    story.ends(7, 'b', { at: 6 }).ends(8, 'a', { at: 5 });

    expect(story.told).toEqual(['opened!', 'updated', 'resolved']);
    expect(story.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });
  });

  it('tells a lowered severity as an update', () => {
    const story = new Story().see(0, firing('a', T0), firing('b', T0, { severity: 'warning' })).ends(5, 'a');

    expect(story.incident?.severity).toBe('warning');
    expect(story.told.at(-1)).toBe('updated');
  });
});

describe('rule 5: alert times are compared only with alert times', () => {
  it('reopens the same incident when it fires anew within the reopen window', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(14, 'a');

    expect(story.told).toEqual(['opened!', 'resolved', 'reopened!']);
    expect(story.incident?.episode).toBe(1);
  });

  it('opens a new episode when it fires anew later than that', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(16, 'a');

    expect(story.told).toEqual(['opened!', 'resolved', 'opened!']);
    expect(story.incident).toMatchObject({ episode: 2, version: 1 });
  });

  it('compares the alert clock, not ours: a delivery that arrives late still reopens', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(60, 'a', { since: 8 });

    expect(story.incident?.episode).toBe(1);
    expect(story.told.at(-1)).toBe('reopened!');
  });

  it('reopens silently on a firing that is not later than the last end, and a resolve ends it silently', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });
    expect(story.incident?.status).toBe('open');

    story.ends(7, 'a', { at: 5 });

    expect(story.incident?.status).toBe('resolved');
    expect(story.told).toEqual(['opened!', 'resolved']);
  });

  it('pages a doubtful firing that Alertmanager confirms after two minutes', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });
    expect(story.incident?.nextDueAt).toBe(T0 + 8 * MINUTE);

    story.reconcile(8, answer(['a'])).tick(8);

    expect(story.told).toEqual(['opened!', 'resolved', 'reopened!']);
  });

  it('ends a doubtful firing silently when Alertmanager no longer has it', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });

    story.reconcile(8, answer([])).tick(8);

    expect(story.incident?.status).toBe('resolved');
    expect(story.told).toEqual(['opened!', 'resolved']);
  });

  it('pages a doubtful firing unverified at six minutes when nobody can say', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });

    for (let minute = 8; minute < 12; minute += 1) story.reconcile(minute, unknown).tick(minute, 'refused');
    expect(story.told).toEqual(['opened!', 'resolved']);
    story.reconcile(12, unknown).tick(12, 'refused');

    expect(story.told).toEqual(['opened!', 'resolved', 'unverified!']);
    expect(story.effects.at(-1)?.unverified).toBe('refused');
  });

  it('tells the resolve of what was paged unverified, though it is the one that was known before', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 }).tick(12, 'refused');

    story.ends(13, 'a', { at: 5 });

    expect(story.told).toEqual(['opened!', 'resolved', 'unverified!', 'resolved']);
    expect(story.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });
  });

  it('tells as an update the resolve of what was paged unverified beside another', () => {
    const story = new Story()
      .see(0, firing('a', T0), firing('b', T0))
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .tick(12, 'refused');

    story.ends(13, 'a', { at: 5 });

    expect(story.told).toEqual(['opened!', 'updated', 'unverified', 'updated']);
  });

  it('lets Alertmanager confirm afterwards what was paged unverified', () => {
    const story = new Story()
      .fires(0, 'a')
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .tick(12, 'refused')
      .reconcile(27, answer(['a']));

    story.ends(28, 'a', { at: 5 });

    expect(story.incident?.status).toBe('open');
  });

  it('only records a resolve that ended before the known start', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(8, 'a').ends(9, 'a', { at: 6 });

    expect(story.incident?.status).toBe('open');
    expect(story.last?.outcome).toBe('recorded');
  });

  it('does not let an old resolve, repeated, end a firing that Alertmanager confirmed', () => {
    const story = new Story()
      .fires(0, 'a')
      .ends(5, 'a')
      .fires(6, 'a', { since: 0 })
      .reconcile(8, answer(['a']));

    story.ends(9, 'a', { at: 5 });

    expect(story.incident?.status).toBe('open');
  });

  it('recognises a late report of an alert from an earlier episode', () => {
    const story = new Story().fires(0, 'a').ends(5, 'a').fires(60, 'b').fires(61, 'a', { since: 0 });

    expect(story.incident?.episode).toBe(2);
    expect(story.told).toEqual(['opened!', 'resolved', 'opened!']);
  });
});

describe('rule 6: flapping is said once', () => {
  const flapping = () =>
    new Story()
      .fires(0, 'a')
      .ends(2, 'a')
      .fires(4, 'a')
      .ends(6, 'a', { since: 4 })
      .fires(8, 'a')
      .ends(10, 'a', { since: 8 })
      .fires(12, 'a');

  it('says flapping on the third reopen within an hour', () => {
    expect(flapping().told.slice(-3)).toEqual(['reopened!', 'resolved', 'flapping!']);
  });

  it('keeps further reopens and resolves quiet', () => {
    const story = flapping();
    const before = story.told.length;

    story.ends(14, 'a', { since: 12 }).fires(16, 'a').ends(18, 'a', { since: 16 });

    expect(story.told).toHaveLength(before);
  });

  it('ends with one summary after 15 calm minutes, which pages if it still fires', () => {
    const story = flapping();
    const before = story.told.length;

    story.tick(26).tick(27).tick(28);

    expect(story.told.slice(before)).toEqual(['reopened!']);
  });

  it('ends with a quiet resolved summary when it has stopped', () => {
    const story = flapping().ends(14, 'a', { since: 12 });
    const before = story.told.length;

    story.tick(28).tick(29).tick(30);

    expect(story.told.slice(before)).toEqual(['resolved']);
  });

  it('tells who resolved it by hand after its last resolve was kept quiet', () => {
    const story = flapping().ends(14, 'a', { since: 12 }).fires(15, 'a', { since: 12 });
    const before = story.told.length;

    story.resolveByHand(16).tick(30);

    expect(story.told.slice(before)).toEqual(['resolved']);
    expect(story.effects.at(-1)).toMatchObject({ by: 'Ana' });
  });

  it('lets the tier clock run on through the short resolves', () => {
    const story = flapping();

    story.run(13, 30, ['a']);

    expect(story.incident?.clockStartedAt).toBe(T0);
    expect(story.effects.at(-1)).toMatchObject({ reason: 'escalated', tier: 2 });
  });

  it('clears the acknowledgement on a real reopen, but not while flapping', () => {
    const real = new Story().fires(0, 'a').acknowledge(1).ends(2, 'a').fires(4, 'a');
    const flaps = flapping().acknowledge(13).ends(14, 'a', { since: 12 }).fires(16, 'a');

    expect(real.incident?.ack).toBeUndefined();
    expect(flaps.incident?.ack).toBeDefined();
  });

  it('still pages for a new fingerprint after an acknowledgement', () => {
    const story = flapping().acknowledge(13).fires(20, 'b');

    expect(story.told.at(-1)).toBe('joined!');
  });
});

describe('rule 7: a resolve for an unknown alert', () => {
  it('is stored as a resolved episode without a notice and outside the statistics', () => {
    const story = new Story().ends(5, 'a');

    expect(story.incident).toMatchObject({ status: 'resolved', phantom: true, episode: 1 });
    expect(story.effects).toEqual([]);
  });

  it('lets rule 5 see it: the firing that comes after its own resolve stays silent', () => {
    const story = new Story().ends(5, 'a').fires(6, 'a', { since: 0 }).reconcile(8, answer([]));

    expect(story.told).toEqual([]);
    expect(story.incident).toMatchObject({ status: 'resolved', phantom: true });
  });

  it('opens, as opened, when it fires anew', () => {
    const story = new Story().ends(5, 'a').fires(8, 'a');

    expect(story.told).toEqual(['opened!']);
    expect(story.incident).toMatchObject({ phantom: false, openedAt: T0 + 8 * MINUTE });
  });
});

describe('rule 9: promotion raises the severity', () => {
  it('counts distinct firings, never deliveries', () => {
    const story = new Story({
      promotions: [{ kind: 'repeated', to: 'critical', count: 3, within: 60 * MINUTE }],
    });
    for (let i = 0; i < 10; i += 1) story.fires(0, 'a', { severity: 'warning' });
    story.ends(1, 'a').fires(20, 'a', { severity: 'warning' }).ends(21, 'a', { since: 20 });
    expect(story.incident?.severity).toBe('warning');

    story.fires(40, 'a', { severity: 'warning' });

    expect(story.incident?.severity).toBe('critical');
  });

  it('promotes what is open for long, by tick', () => {
    const story = new Story({ promotions: [{ kind: 'open-longer', to: 'critical', after: 10 * MINUTE }] });
    story.fires(0, 'a', { severity: 'warning' }).tick(9);
    expect(story.incident?.severity).toBe('warning');

    story.tick(10).tick(11);

    expect(story.told).toEqual(['opened!', 'raised!']);
  });

  it('promotes when several services are affected at once', () => {
    const story = new Story({
      promotions: [{ kind: 'distinct-values', to: 'critical', label: 'service', atLeast: 2 }],
    });
    story.fires(0, 'a', { severity: 'warning', facet: 'exchange' });

    story.fires(1, 'b', { severity: 'warning', facet: 'llm' });

    expect(story.told).toEqual(['opened!', 'raised!']);
  });
});

describe('rule 10: lost resolves are looked for', () => {
  it('asks about an incident that has heard nothing for eight hours', () => {
    const story = new Story().fires(0, 'a', { severity: 'info' });

    expect(story.incident?.nextDueAt).toBe(T0 + 480 * MINUTE);
  });

  it('closes when it is absent from two answers five minutes apart, not from one', () => {
    const story = new Story().fires(0, 'a').reconcile(480, answer([])).tick(480);
    expect(story.incident?.status).toBe('open');

    story.reconcile(484, answer([])).tick(484);
    expect(story.incident?.status).toBe('open');
    story.reconcile(485, answer([])).tick(485);

    expect(story.incident).toMatchObject({ status: 'resolved', resolution: 'gone' });
    expect(story.told.at(-1)).toBe('closed');
  });

  it('holds a tier for the second look, and lets it go when the alert is back', () => {
    const story = new Story().fires(0, 'a').run(1, 29, ['a']);

    story.reconcile(30, answer([])).tick(30);
    expect(story.count('escalated')).toBe(0);
    story.reconcile(31, answer(['a'])).tick(31);

    expect(story.count('escalated')).toBe(1);
  });

  it('lets the tier go unverified when Alertmanager cannot be asked', () => {
    const story = new Story().fires(0, 'a').reconcile(30, unknown).tick(30, 'connection refused');

    expect(story.effects.at(-1)).toMatchObject({ reason: 'escalated', unverified: 'connection refused' });
  });

  it('does not hold a tier for a first absence when the second look gets no answer', () => {
    const story = new Story()
      .fires(0, 'a')
      .reconcile(29, answer([]))
      .reconcile(30, unknown)
      .tick(30, 'refused');

    expect(story.count('escalated')).toBe(1);
  });

  it('pauses the tiers while silenced, says so once, and goes on afterwards', () => {
    const story = new Story()
      .fires(0, 'a')
      .reconcile(20, answer([], ['a']))
      .reconcile(25, answer([], ['a']));
    expect(story.count('updated')).toBe(1);

    story.tick(31);
    expect(story.count('escalated')).toBe(0);
    story.reconcile(40, answer(['a'])).tick(40);
    expect(story.count('escalated')).toBe(0);
    story.reconcile(50, answer(['a'])).tick(50);

    expect(story.count('escalated')).toBe(1);
  });

  it('counts no silenced time for the tiers when a new alert ends the pause', () => {
    const story = new Story()
      .fires(0, 'a')
      .reconcile(10, answer([], ['a']))
      .fires(40, 'b');

    story.tick(41);
    expect(story.count('escalated')).toBe(0);
    story.tick(60);

    expect(story.count('escalated')).toBe(1);
  });

  it('reopens on a firing after closed, even with the same start', () => {
    const story = new Story().fires(0, 'a').reconcile(480, answer([])).reconcile(485, answer([]));

    story.fires(600, 'a', { since: 0 });

    expect(story.told.slice(-2)).toEqual(['closed', 'reopened!']);
    expect(story.incident?.episode).toBe(1);
  });
});

describe('rule 10: what was cut off is unknown, not gone', () => {
  const cut = { truncated: true, size: 5 };
  const truncated = () => new Story().seeGroup(0, cut, firing('a', T0), firing('b', T0));
  const allOver = (story: Story) =>
    story.seeGroup(5, cut, resolved('a', T0, T0 + 5 * MINUTE), resolved('b', T0, T0 + 5 * MINUTE));

  it('asks Alertmanager at the next tick, and again after five minutes', () => {
    const story = allOver(truncated());
    expect(story.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 6 * MINUTE);

    story.reconcile(6, answer([])).tick(6);

    expect(story.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 11 * MINUTE);
    expect(story.reconcile(10, answer([])).incident?.status).toBe('open');
    expect(story.reconcile(11, answer([])).told).toEqual(['opened!', 'updated', 'resolved']);
  });

  it('begins to look anew when one is back in between', () => {
    const story = allOver(truncated());

    story
      .reconcile(6, answer([]))
      .reconcile(11, answer(['e']))
      .reconcile(16, answer([]));

    expect(story.incident?.status).toBe('open');
    expect(story.reconcile(21, answer([])).incident?.status).toBe('resolved');
  });

  it('holds a tier for the second answer, not without one', () => {
    const held = allOver(truncated()).reconcile(29, answer([])).tick(30);
    const unanswered = allOver(truncated()).reconcile(29, answer([])).tick(30, 'refused');

    expect(held.count('escalated')).toBe(0);
    expect(unanswered.effects.at(-1)).toMatchObject({ reason: 'escalated', unverified: 'refused' });
  });

  it('closes when known alerts and those cut off are gone together', () => {
    const story = truncated().reconcile(24, answer([])).reconcile(30, answer([]));

    expect(story.told.at(-1)).toBe('closed');
  });

  it('lowers nothing and goes on with the last severity while only unknown alerts may fire', () => {
    const story = allOver(truncated()).tick(30, 'refused');

    expect(story.incident?.severity).toBe('critical');
    expect(story.told.slice(-2)).toEqual(['updated', 'escalated!']);
  });

  it('ends when a whole delivery brings the end of one that had been cut off', () => {
    const story = allOver(truncated());

    story.seeGroup(9, { truncated: false, size: 1 }, resolved('e', T0, T0 + 8 * MINUTE));

    expect(story.told.at(-1)).toBe('resolved');
  });

  it('is not ended by a whole delivery that is older than the truncated one', () => {
    const story = new Story().fires(0, 'a').ends(1, 'a').fires(4, 'b');
    story.seeGroup(5, cut, resolved('b', T0 + 4 * MINUTE, T0 + 5 * MINUTE));

    story.ends(6, 'a', { at: 1 });

    expect(story.incident?.status).toBe('open');
  });

  it('ends for each group by itself, and past twenty groups only by answers', () => {
    const groups = Array.from({ length: 30 }, (_, at) => `g${at}`);
    const story = new Story();
    for (const id of groups) story.seeGroup(0, { ...cut, id }, firing('a', T0));
    expect(story.incident?.truncation?.groups).toHaveLength(21);

    for (const id of groups) story.seeGroup(5, { id }, resolved('a', T0, T0 + 5 * MINUTE));

    expect(story.incident?.truncation?.groups).toHaveLength(1);
    story.reconcile(6, answer([])).reconcile(11, answer([]));
    expect(story.incident?.status).toBe('resolved');
  });

  it('ignores a truncated repeat of what is over', () => {
    const story = allOver(truncated()).reconcile(6, answer([])).reconcile(11, answer([]));
    const told = [...story.told];

    allOver(story).tick(20, 'refused');

    expect(story.told).toEqual(told);
    expect(story.incident?.status).toBe('resolved');
  });

  it('knows nothing of the truncation of an earlier episode', () => {
    const story = allOver(truncated()).reconcile(6, answer([])).reconcile(11, answer([]));

    story.fires(60, 'a').ends(61, 'a', { since: 60 });

    expect(story.incident).toMatchObject({ episode: 2, status: 'resolved' });
    expect(story.incident?.truncation).toBeUndefined();
  });
});

describe('rule 10: what was cut off fires when Alertmanager lists it', () => {
  const cut = { truncated: true, size: 5 };
  const warning = { severity: 'warning' as const };
  const warned = () => new Story().seeGroup(0, cut, firing('w', T0, warning), firing('v', T0, warning));
  const lists = (known: string[], cutOff: ObservedAlert[]): AlertmanagerStatus => ({
    kind: 'answer',
    active: [...known.map(fingerprintOf), ...cutOff.map(({ fingerprint }) => fingerprint)],
    suppressed: [],
    cutOff,
  });

  it('pages who acknowledged less, at once', () => {
    const story = warned()
      .acknowledge(1)
      .reconcile(2, lists(['w', 'v'], [firing('c', T0)]));

    expect(story.told).toEqual(['opened!', 'acknowledged', 'raised!']);
    expect(story.incident).toMatchObject({ severity: 'critical', tier: 1, clockStartedAt: T0 + 2 * MINUTE });
  });

  it('is no page before an acknowledgement when it is no more severe than what was told', () => {
    const story = warned().reconcile(1, lists(['w', 'v'], [firing('x', T0, warning)]));

    expect(story.told).toEqual(['opened!', 'joined']);
    expect(story.effects.at(-1)?.summary).toBe(
      'Alertmanager lists 1 alert that its webhook cut off (max_alerts).',
    );
  });

  it('counts for a promotion', () => {
    const promotions = [{ kind: 'distinct-values', label: 'pod', atLeast: 3, to: 'critical' }] as const;
    const story = new Story({ promotions: [...promotions] });
    const of = (name: string) => firing(name, T0, { severity: 'warning', facet: name });
    story.seeGroup(0, cut, of('a')).reconcile(1, lists(['a'], [of('b'), of('c')]));

    expect(story.incident?.severity).toBe('critical');
    expect(story.effects.at(-1)?.summary).toBe(
      'Raised to critical; Alertmanager lists 2 alerts that its webhook cut off (max_alerts).',
    );
  });

  it('is a doubt where the answer has a firing whose end is known, and believed when a second one has it', () => {
    const story = warned()
      .fires(1, 'c')
      .seeGroup(3, cut, resolved('c', T0 + MINUTE, T0 + 3 * MINUTE));
    const pages = story.effects.filter(({ ping }) => ping).length;
    const again = firing('c', T0 + MINUTE);

    story.reconcile(4, lists(['w', 'v'], [again]));
    expect(story.incident?.alerts.find(({ fingerprint }) => fingerprint === again.fingerprint)).toMatchObject(
      {
        firing: true,
        doubtful: true,
      },
    );
    expect(story.effects.filter(({ ping }) => ping)).toHaveLength(pages);
    expect(story.incident?.nextDueAt).toBeLessThanOrEqual(T0 + 6 * MINUTE);

    story.reconcile(6, lists(['w', 'v', 'c'], []));
    expect(story.told.at(-1)).toMatch(/^joined/);
  });

  it('has the room that is left by its severity', () => {
    const all = Array.from({ length: 9_999 }, (_, at) => firing(`${at}`, T0, warning));
    const story = new Story().seeGroup(0, cut, ...all);

    story.reconcile(1, lists([], [firing('x', T0, warning), firing('c', T0), firing('y', T0, warning)]));

    expect(story.incident).toMatchObject({ severity: 'critical', overflow: 2 });
    expect(story.incident?.alerts).toHaveLength(10_000);
  });

  it('is told by webhooks from the first on that names it, and then ends the truncation', () => {
    const story = warned().reconcile(1, lists(['w', 'v'], [firing('c', T0)]));
    const known = lists(['w', 'v', 'c'], []);
    story.reconcile(6, known).reconcile(11, known);
    expect(story.incident?.truncation).toBeDefined();

    story.fires(12, 'c', { since: 0 }).reconcile(13, known).reconcile(18, known);

    expect(story.incident?.truncation).toBeUndefined();
    expect(story.incident).toMatchObject({ status: 'open', severity: 'critical' });
  });

  it('keeps its severity for one answer that lacks it, not for two', () => {
    const story = warned().fires(1, 'c');
    story.seeGroup(3, cut, resolved('c', T0 + MINUTE, T0 + 3 * MINUTE));
    const without = answer(['w', 'v'], ['s']);

    story.reconcile(4, without);
    expect(story.incident?.severity).toBe('critical');
    story.reconcile(9, without);

    expect(story.incident?.severity).toBe('warning');
    expect(story.effects.at(-1)?.summary).toBe('Lowered to warning: Alertmanager lists nothing more severe.');
  });
});

describe('rule 11: resolved wins over due', () => {
  it('sends nothing after the resolve', () => {
    const story = new Story().fires(0, 'a').ends(14, 'a').tick(15).tick(30).tick(60);

    expect(story.told).toEqual(['opened!', 'resolved']);
    expect(story.incident?.nextDueAt).toBeUndefined();
  });

  it('plays a critical incident through 90 minutes', () => {
    const story = new Story().fires(0, 'a').run(1, 90, ['a']);

    const notices = story.effects.map((effect) => [(effect.at - T0) / MINUTE, effect.reason, effect.tier]);
    expect(notices).toEqual([
      [0, 'opened', 1],
      [15, 'reminder', 1],
      [30, 'escalated', 2],
      [60, 'escalated', 3],
    ]);
  });

  it('reminds of a warning after an hour and never escalates it', () => {
    const story = new Story().fires(0, 'a', { severity: 'warning' }).run(1, 90, ['a']);

    expect(story.told).toEqual(['opened!', 'reminder!']);
  });

  it('reminds nobody once it is acknowledged, and escalates all the same', () => {
    const story = new Story().fires(0, 'a').acknowledge(5).run(6, 90, ['a']);

    expect(story.told).toEqual(['opened!', 'acknowledged', 'escalated!', 'escalated!']);
  });

  it('stops the tiers on acknowledgement where the policy says so', () => {
    const story = new Story();
    story.policy.escalation.critical.acknowledgeStopsTiers = true;

    story.fires(0, 'a').acknowledge(5).run(6, 90, ['a']);

    expect(story.told).toEqual(['opened!', 'acknowledged']);
  });

  it('sends one notice for a late tick, at the highest due tier and to every tier passed over', () => {
    const story = new Story()
      .fires(0, 'a')
      .reconcile(75, answer(['a']))
      .tick(75)
      .tick(76);

    expect(story.told).toEqual(['opened!', 'escalated!']);
    expect(story.effects.at(-1)).toMatchObject({ tier: 3, tiers: [2, 3] });
  });
});

describe('rule 12: resolved by hand while firing', () => {
  it('ignores repeats for the reopen window, then one that shows it firing reopens', () => {
    const story = new Story().fires(0, 'a').resolveByHand(5).fires(10, 'a', { since: 0 });
    expect(story.incident?.status).toBe('resolved');

    story.fires(16, 'a', { since: 0 });

    expect(story.told).toEqual(['opened!', 'resolved', 'reopened!']);
  });

  it('tells everybody what the person noted', () => {
    const story = new Story().fires(0, 'a').resolveByHand(5, 'Ana', 'ended the blocker');

    expect(story.effects.at(-1)?.summary).toBe('Resolved by hand by Ana: ended the blocker');
  });

  it('reopens at once for a new fingerprint', () => {
    const story = new Story().fires(0, 'a').resolveByHand(5).fires(6, 'b');

    expect(story.told.at(-1)).toBe('reopened!');
  });

  it('takes the real resolve quietly and opens a new episode later', () => {
    const story = new Story().fires(0, 'a').resolveByHand(5).ends(8, 'a').fires(60, 'a');

    expect(story.told).toEqual(['opened!', 'resolved', 'opened!']);
    expect(story.incident?.episode).toBe(2);
  });
});

describe('one delivery with many facts', () => {
  it('makes at most one notice of a join, a partial resolve and a raise', () => {
    const story = new Story().see(
      0,
      firing('a', T0, { severity: 'warning' }),
      firing('b', T0, { severity: 'warning' }),
    );

    story.see(1, resolved('a', T0, T0 + MINUTE, { severity: 'warning' }), firing('c', T0 + MINUTE));

    expect(story.told).toEqual(['opened!', 'raised!']);
    expect(story.effects.at(-1)?.summary).toBe('Raised to critical; 1 alert joined, 1 alert resolved.');
  });
});
