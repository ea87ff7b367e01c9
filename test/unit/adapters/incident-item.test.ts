import { describe, expect, it } from 'vitest';
import { toIncident, toIncidentItem } from '../../../lib/adapters/dynamodb/incidents/incident-item.ts';
import { unmarshall } from '../../../lib/adapters/dynamodb/table/marshall.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { STORED_AT, storedIncident } from '../../support/factories/stored-incident.ts';

/** Each field of each group is set. */
type Whole<Group> = { [Field in keyof Group]-?: Group[Field] };
const groups: { [Name in 'paging' | 'tiers' | 'flapping' | 'reconcile']: Whole<Incident[Name]> } = {
  paging: {
    lastAt: STORED_AT + 1,
    reminded: true,
    due: { at: STORED_AT + 2, reason: 'raised' },
    lastNews: { seq: 3, reason: 'escalated' },
    counts: [3, 2, 1],
  },
  tiers: {
    clockStartedAt: STORED_AT + 4,
    highest: 3,
    pages: [{ tier: 3, firstAt: STORED_AT + 5, lastAt: STORED_AT + 6 }],
  },
  flapping: {
    reopenedAt: [STORED_AT + 7],
    since: STORED_AT + 8,
    changedAt: STORED_AT + 9,
    reopens: 4,
    ever: true,
  },
  reconcile: {
    askedAt: STORED_AT + 10,
    missingRoundAt: STORED_AT + 11,
    unconfirmedSince: STORED_AT + 12,
    pausedSince: STORED_AT + 13,
  },
};

describe('the state item of an incident', () => {
  it('gives back each field of each group', () => {
    const incident = storedIncident(groups);

    expect(toIncident(toIncidentItem(incident, 90))).toEqual(incident);
  });

  it('gives back groups of which nothing but the required fields is known', () => {
    const incident = storedIncident();

    expect(toIncident(toIncidentItem(incident, 90))).toEqual(incident);
  });

  it('holds what the indexes project as attributes of its own, and no group', () => {
    const item = unmarshall(toIncidentItem(storedIncident(groups), 90));

    expect(item).toMatchObject({ tier: 3, pages: [3, 2, 1], flapped: true, severity: 'critical' });
    for (const group of Object.keys(groups)) expect(item).not.toHaveProperty(group);
  });
});
