import { describe, expect, it } from 'vitest';
import { deriveCursorKey } from '../../lib/core/history/cursor.ts';
import { readIncidentQuery } from '../../lib/core/history/query-schema.ts';
import { type IncidentPage, listIncidents } from '../../lib/flow/history/list-incidents.ts';
import { showIncident } from '../../lib/flow/history/show-incident.ts';
import { catalog, categories } from '../support/factories/catalog.ts';
import {
  STORED_AT,
  storedAlert,
  storedDetail,
  storedDiagnosis,
  storedIncident,
} from '../support/factories/stored-incident.ts';
import { createMemoryWorld, type MemoryWorld } from '../support/fakes/memory-world.ts';

describe('reading the history', () => {
  it('pages through a listing without gaps or repeats, and the last page has no cursor', async () => {
    const world = createMemoryWorld(STORED_AT);
    const incidents = Array.from({ length: 5 }, (_, n) => storedIncident({ openedAt: STORED_AT - n }));
    for (const incident of incidents) await world.incidents.write(incident, 0);

    const first = await page(world, { limit: '2' });
    const second = await page(world, { limit: '2', cursor: first.cursor });
    const third = await page(world, { limit: '2', cursor: second.cursor });

    const ids = [first, second, third].map(({ incidents }) => incidents.map((incident) => incident.id));
    expect(ids.flat()).toEqual(incidents.map((incident) => incident.id));
    expect(ids.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(third.cursor).toBeUndefined();
  });

  it('has no cursor when the last page is full', async () => {
    const world = createMemoryWorld(STORED_AT);
    await world.incidents.write(storedIncident(), 0);

    const only = await page(world, { limit: '1' });

    expect(only.incidents).toHaveLength(1);
    expect(only.cursor).toBeUndefined();
  });

  it('returns times that people and programs can read', async () => {
    const world = createMemoryWorld(STORED_AT);
    await world.incidents.write(
      storedIncident({
        resolvedAt: STORED_AT + 1,
        ack: { by: 'Ana', at: STORED_AT, asOf: 1, severity: 'critical' },
      }),
      0,
    );

    const { incidents } = await page(world, {});

    expect(incidents[0]).toMatchObject({
      openedAt: '2026-11-24T03:00:00.000Z',
      resolvedAt: '2026-11-24T03:00:00.001Z',
      acknowledgedAt: '2026-11-24T03:00:00.000Z',
      acknowledgedBy: 'Ana',
    });
  });

  it('shows an incident with its alerts, firing ones first', async () => {
    const world = createMemoryWorld(STORED_AT);
    const incident = storedIncident({
      version: 7,
      alerts: [
        storedAlert({ fingerprint: 'ended', state: 'resolved', endsAt: STORED_AT + 1 }),
        storedAlert({ fingerprint: 'earlier episode', state: 'resolved', joinedSeq: 0 }),
        storedAlert({ fingerprint: 'unconfirmed', state: 'unconfirmed', endsAt: STORED_AT + 1 }),
        storedAlert({ fingerprint: 'firing' }),
      ],
      overflow: 2,
    });
    await world.incidents.write(incident, 0);
    await world.history.addDetails(incident.id, [storedDetail('firing')]);
    await world.history.addDiagnosis(storedDiagnosis(incident.id, 1));
    await world.history.addTimeline(incident.id, {
      id: `${incident.id}:1`,
      seq: 1,
      at: STORED_AT,
      what: 'opened',
      tier: 1,
      summary: 'One alert started to fire.',
    });
    await world.destinations.saveDelivery(incident.id, {
      key: 'k',
      destination: 'email',
      seq: 1,
      reason: 'opened',
      ping: true,
      tier: 1,
      at: STORED_AT,
      outcome: 'delivered',
      attempts: 1,
    });

    const shown = await shownOf(world, incident.id);

    expect(shown?.incident).toMatchObject({ id: incident.id, version: 7, firing: 3, total: 5, untracked: 2 });
    expect(shown?.alerts.map((alert) => [alert.fingerprint, alert.status, alert.endsAt])).toEqual([
      ['firing', 'firing', undefined],
      ['ended', 'resolved', '2026-11-24T03:00:00.001Z'],
      ['unconfirmed', 'resolved', '2026-11-24T03:00:00.001Z'],
    ]);
    expect(shown?.alerts[0]?.labels).toEqual(storedDetail('firing').labels);
    expect(shown?.diagnoses[0]?.startedAt).toBe('2026-11-24T03:00:00.001Z');
    expect(shown?.timeline).toContainEqual(
      expect.objectContaining({ at: '2026-11-24T03:00:00.000Z', what: 'opened' }),
    );
    expect(shown?.deliveries[0]).toMatchObject({ at: '2026-11-24T03:00:00.000Z', outcome: 'delivered' });
  });

  it("returns the alert's meaning if it has a runbook, and nothing otherwise", async () => {
    const world = createMemoryWorld(STORED_AT);
    const known = storedIncident({ alertname: 'DatabaseConnectionPoolCritical' });
    const unknown = storedIncident({ alertname: 'Unheard' });
    for (const incident of [known, unknown]) await world.incidents.write(incident, 0);

    const [described, bare] = [await shownOf(world, known.id), await shownOf(world, unknown.id)];

    expect(described?.runbook).toEqual({
      summary: 'No idle database connections.',
      impact: 'Every new query waits.',
    });
    expect(bare).toBeDefined();
    expect(bare?.runbook).toBeUndefined();
  });

  it("returns an incident's context, with times that people and programs can read", async () => {
    const world = createMemoryWorld(STORED_AT);
    const incident = storedIncident();
    await world.incidents.write(incident, 0);
    const previousEpisode = {
      incidentId: 'k.1',
      acknowledgedBy: 'Ana',
      findings: [{ stepId: 'pool', title: 'pool', sentence: '10 of 10' }],
      recent: { count: 2, atLeast: false },
    };
    const other = { id: 'o.1', alertname: 'Other', group: {}, severity: 'warning' as const };
    await world.history.addDiagnosis(
      storedDiagnosis(incident.id, 1, {
        previousEpisode: { ...previousEpisode, openedAt: STORED_AT, resolvedAt: STORED_AT + 1 },
        otherIncidents: { incidents: [{ ...other, openedAt: STORED_AT }], more: 3, atLeast: false },
        unread: ['earlier episodes'],
      }),
    );

    const shown = await shownOf(world, incident.id);

    expect(shown?.diagnoses).toMatchObject([
      {
        previousEpisode: {
          ...previousEpisode,
          openedAt: '2026-11-24T03:00:00.000Z',
          resolvedAt: '2026-11-24T03:00:00.001Z',
        },
        otherIncidents: { incidents: [{ ...other, openedAt: '2026-11-24T03:00:00.000Z' }], more: 3 },
        unread: ['earlier episodes'],
      },
    ]);
  });

  it('does not return an incident that never fired', async () => {
    const world = createMemoryWorld(STORED_AT);
    const neverFired = storedIncident({ neverFired: true });
    await world.incidents.write(neverFired, 0);

    expect([await shownOf(world, neverFired.id), await shownOf(world, 'none.1')]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

async function page(
  world: MemoryWorld,
  parameters: Record<string, string | undefined>,
): Promise<IncidentPage> {
  const key = deriveCursorKey({ READ_TOKENS: ['reader'] });
  const reading = readIncidentQuery(parameters, world.clock.now(), { key, categories });
  if (reading.kind === 'refused') throw new Error(reading.reason);
  return listIncidents(world, reading.query, key);
}

function shownOf(world: MemoryWorld, id: string) {
  return showIncident({ ...world, catalog: catalog() }, id);
}
