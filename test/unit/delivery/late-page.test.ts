import { describe, expect, it } from 'vitest';
import { buildCatchUpMessage, isLatePage } from '../../../lib/core/delivery/catch-up-message.ts';
import { findLowered } from '../../../lib/core/delivery/catch-up-target.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { configuredChannels, toRoutes } from '../../support/factories/configured-channels.ts';
import { deliverMessage, type MessageChange } from '../../support/factories/deliver-message.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const routes = toRoutes(configuredChannels);
const target = {
  channel: 'slack',
  destination: 'slack:#cryptofunk-critical',
  to: '#cryptofunk-critical',
  mentions: ['<!channel>', '@oncall'],
};
const incidentOf = (scenario: Scenario): Incident => scenario.incident as Incident;
const fired = () => new Scenario().fires(0, 'a');

/** The late page about what a scenario has become, ten minutes after it was decided. */
function late(incident: Incident, change: MessageChange = {}, minutes = 40) {
  return buildCatchUpMessage(
    catalog(),
    routes,
    deliverMessage('k', { seq: 1, at: T0, summary: 'It fires.', target, ...change }),
    incident,
    { now: T0 + minutes * MINUTE, elsewhere: { records: [], hasLists: false } },
  );
}

describe('a late page', () => {
  const page = (change: MessageChange = {}) => deliverMessage('k', { at: T0, ...change });
  const firing = incidentOf(fired());

  it('is one that was not accepted for two minutes', () => {
    expect(isLatePage(page(), firing, T0 + 2 * MINUTE)).toBe(true);
    expect(isLatePage(page(), firing, T0 + 2 * MINUTE - 1)).toBe(false);
  });

  it.each<[string, MessageChange]>([
    ['interrupts nobody', { ping: false }],
    ['came by failover', { failover: { destination: 'email', why: 'w' } }],
    ['is muted', { muted: 'a maintenance' }],
  ])('is none that %s', (_case, change) => {
    expect(isLatePage(page(change), firing, T0 + 5 * MINUTE)).toBe(false);
  });

  it('is none of what fires no more', () => {
    expect(isLatePage(page(), incidentOf(fired().ends(1, 'a')), T0 + 5 * MINUTE)).toBe(false);
  });
});

describe('what a late page says', () => {
  it('is nothing more than it said, when nothing has happened', () => {
    expect(late(incidentOf(fired()))).toBeUndefined();
    expect(late(incidentOf(fired().acknowledge(1)), {}, 1), 'in time').toBeUndefined();
  });

  it('is who acknowledged, and it calls nobody else for that', () => {
    const incident = incidentOf(fired().acknowledge(3));
    const sent = late(incident, {}, 10);

    expect(sent?.message.effect).toMatchObject({
      id: `${incident.id}:${incident.version}`,
      seq: 1,
      reason: 'opened',
      tier: 1,
      summary: 'It fires. Told 10 min late; meanwhile Ana has acknowledged it.',
    });
    expect(sent?.message.target).toEqual(target);
    expect(sent?.covered).toEqual(target);
  });

  it('is nothing of an acknowledgement before the page was decided', () => {
    const incident = incidentOf(fired().acknowledge(3));

    expect(late(incident, { at: T0 + 3 * MINUTE, seq: incident.version })).toBeUndefined();
  });

  it('is that nobody acknowledged, and the tier reached, whose people it calls', () => {
    const sent = late(incidentOf(fired().run(1, 35, ['a'])), {}, 35);

    expect(sent?.message.effect).toMatchObject({
      reason: 'escalated',
      tier: 2,
      tiers: [1, 2],
      summary:
        'It fires. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.',
    });
    expect(sent?.message.target.mentions).toEqual(['<!channel>', '@oncall', '@senior-eng']);
    expect(sent?.covered.mentions).toEqual(['<!channel>', '@oncall', '@senior-eng']);
  });

  it('is a reminder, when one was due and nobody has acknowledged since', () => {
    const reminded = fired().run(1, 20, ['a']);

    expect(late(incidentOf(reminded), {}, 20)?.message.effect).toMatchObject({ reason: 'reminder', tier: 1 });
  });

  it('keeps saying that it was escalated, when that is what came late', () => {
    const incident = incidentOf(fired().run(1, 65, ['a']));
    const sent = late(incident, { reason: 'escalated', tier: 3, tiers: [3], at: T0, seq: 1 }, 65);

    expect(sent?.message.effect).toMatchObject({ reason: 'escalated', tier: 3, tiers: [1, 2, 3] });
    expect(sent?.message.effect.summary).not.toContain('escalated to');
  });

  it('is who silenced it', () => {
    const incident = {
      ...incidentOf(fired()),
      silence: { by: 'Ben', at: T0 + 3 * MINUTE, until: T0 + 60 * MINUTE },
    };
    const sent = late(incident as never, {}, 10);

    expect(sent?.message.effect.summary).toBe(
      'It fires. Told 10 min late; meanwhile nobody has acknowledged it, and Ben has silenced it.',
    );
    expect(late(incident as never, { at: T0 + 3 * MINUTE }), 'silenced before').toBeUndefined();
  });

  it('is that it was lowered', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'critical' })
      .fires(0, 'b', { severity: 'warning' })
      .ends(5, 'a');
    const incident = incidentOf(scenario);

    expect(incident.severity).toBe('warning');
    expect(findLowered(deliverMessage('k', { seq: 1 }), incident)?.from).toBe('critical');
    expect(late(incident, {}, 10)?.message.effect).toMatchObject({
      reason: 'opened',
      summary:
        'It fires. Told 10 min late; meanwhile nobody has acknowledged it, and it was lowered to warning.',
    });
  });

  it('is that it was raised, unless it says that it opened', () => {
    const scenario = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(5, 'b', { severity: 'critical' });
    const joined = late(incidentOf(scenario), { reason: 'joined' }, 10);
    const opened = late(incidentOf(scenario), {}, 10);

    expect(joined?.message.effect).toMatchObject({
      reason: 'raised',
      summary:
        'It fires. Told 10 min late; meanwhile nobody has acknowledged it, and it was raised to critical.',
    });
    expect(opened?.message.effect.reason).toBe('opened');
  });

  it('is that others joined, when a page for them follows', () => {
    const joined = incidentOf(fired().acknowledge(1).fires(5, 'b'));
    const { lastNews } = joined.paging;

    expect(
      late(joined, { at: T0 + 10 * MINUTE, seq: (lastNews?.seq ?? 0) - 1 }, 20)?.message.effect.reason,
    ).toBe('opened');
    expect(late(joined, { at: T0 + 10 * MINUTE, seq: lastNews?.seq ?? 0 }, 20)).toBeUndefined();
  });
});
