import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { listRecipients } from '../../../lib/core/routing/recipients.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const all = catalog();
const incidentOf = (scenario: Scenario): Incident => scenario.incident as Incident;

describe('who was notified and the next step', () => {
  it('names on-call from the first page of a critical incident, with both deadlines', () => {
    const notified = listRecipients(all, incidentOf(new Scenario().fires(0, 'a')));

    expect(notified).toEqual({
      names: ['on-call (L1)'],
      acknowledgeBy: T0 + 15 * MINUTE,
      next: { tier: 2, at: T0 + 30 * MINUTE },
    });
  });

  it('names on-call for a warning only after the reminder has called them', () => {
    const opened = new Scenario().fires(0, 'a', { severity: 'warning' });
    const before = listRecipients(all, incidentOf(opened));

    const reminded = listRecipients(all, incidentOf(opened.run(1, 61, ['a'])));

    expect(before.names).toEqual([]);
    expect(before.acknowledgeBy).toBeDefined();
    expect(reminded).toEqual({ names: ['on-call (L1)'] });
  });

  it('names the people of every tier reached', () => {
    const notified = listRecipients(all, incidentOf(new Scenario().fires(0, 'a').run(1, 61, ['a'])));

    expect(notified.names).toEqual([
      'on-call (L1)',
      'senior engineer (L2)',
      'engineering lead (L3)',
      'product manager (L3)',
    ]);
    expect(notified.next).toBeUndefined();
  });

  it('sets no deadline after an acknowledgement or a resolve', () => {
    const acknowledged = listRecipients(all, incidentOf(new Scenario().fires(0, 'a').acknowledge(1)));
    const over = listRecipients(all, incidentOf(new Scenario().fires(0, 'a').ends(5, 'a')));

    expect(acknowledged.acknowledgeBy).toBeUndefined();
    expect(acknowledged.next).toBeDefined();
    expect(over).toStrictEqual({ names: ['on-call (L1)'] });
  });
});

describe('who was notified on a rotation', () => {
  /** Ana until 03:30, half an hour after the start; then Ben. */
  const turns = catalog({
    contacts: {
      'on-call': {
        name: 'on-call',
        rotation: {
          who: ['ana', 'ben'],
          start: '2026-11-17T03:30',
          days: 7,
          timeZone: 'UTC',
          overrides: [],
        },
      },
      ana: { name: 'Ana', slack: 'U0ANA' },
      ben: { name: 'Ben', slack: 'U0BEN' },
      'senior-engineer': { name: 'senior engineer' },
    },
  });

  it('is the person on call when the page was sent, even if the notice is rendered after the handover', () => {
    const page = new Scenario().fires(0, 'a').acknowledge(1);

    expect(listRecipients(turns, incidentOf(page)).names).toEqual(['Ana (on-call, L1)']);
    expect(listRecipients(turns, incidentOf(page.ends(45, 'a'))).names).toEqual(['Ana (on-call, L1)']);
  });

  it('is both people when the second was called after the handover', () => {
    const again = new Scenario().fires(0, 'a').acknowledge(1).fires(40, 'b');

    expect(listRecipients(turns, incidentOf(again)).names).toEqual([
      'Ana (on-call, L1)',
      'Ben (on-call, L1)',
    ]);
  });

  it('starts again with the tiers, when a higher severity or a late reopening restarts their clock', () => {
    const raised = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(35, 'b', { severity: 'critical' });

    expect(listRecipients(turns, incidentOf(raised)).names).toEqual(['Ben (on-call, L1)']);
  });
});
