import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../../../handlers/middleware/http.ts';
import { createShowStatistics } from '../../../handlers/show-statistics.ts';
import { DAY, MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { countedHours, incidentSummary } from '../../support/factories/counted-hour.ts';
import { bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

async function createApi() {
  const world = createMemoryWorld();
  const log = createRecordingLog();
  const openedAt = world.clock.now() - MINUTE;
  for (const rollUp of countedHours([incidentSummary({ openedAt })])) {
    await world.statistics.rollUps.keep(rollUp, openedAt);
  }
  const handler = createShowStatistics({
    access: { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] },
    ports: { ...world.statistics, catalog: catalog() },
    clock: world.clock,
    log,
  });
  return {
    world,
    log,
    get: (query: Record<string, string> = {}, headers: Record<string, string> = bearer('reader')) =>
      handler(httpEvent({ path: '/stats', headers, query }), lambdaContext),
  };
}

function bodyOf(result: HttpResult): Record<string, unknown> {
  return JSON.parse(result.body ?? 'null');
}

describe('GET /stats', () => {
  it('answers with everything that is counted, and is kept by nobody', async () => {
    const api = await createApi();

    const result = await api.get();

    expect(result).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(bodyOf(result)).toEqual({
      from: '2026-10-26T00:00:00.000Z',
      to: '2026-11-25T00:00:00.000Z',
      tz: 'UTC',
      asOf: '2026-11-24T03:00:00.000Z',
      incidents: 1,
      open: 1,
      byDay: expect.arrayContaining([
        {
          day: '2026-11-24',
          incidents: 1,
          critical: 1,
          warning: 0,
          info: 0,
          mtta: { counted: 0, leftOut: 1 },
          mttr: { counted: 0, leftOut: 1 },
        },
      ]),
      bySeverity: [
        { severity: 'critical', incidents: 1 },
        { severity: 'warning', incidents: 0 },
        { severity: 'info', incidents: 0 },
      ],
      byCategory: [{ category: 'system', incidents: 1 }],
      byAlertname: [{ alertname: 'HighErrorRate', incidents: 1, alerts: 1 }],
      otherAlertnames: 0,
      mtta: { counted: 0, leftOut: 1 },
      mttr: { counted: 0, leftOut: 1 },
      neverAcknowledged: 0,
      flapping: 0,
      notices: [
        { tier: 1, notices: 0, people: 1, perPersonHour: 0 },
        { tier: 2, notices: 0, people: 1, perPersonHour: 0 },
        { tier: 3, notices: 0, people: 2, perPersonHour: 0 },
      ],
      diagnoses: { count: 0, neededAttention: 0 },
    });
  });

  it('counts the days of the zone that is asked for', async () => {
    const api = await createApi();

    const result = await api.get({ from: '2026-11-23', to: '2026-11-25', tz: 'America/Los_Angeles' });

    expect(bodyOf(result)).toMatchObject({
      tz: 'America/Los_Angeles',
      from: '2026-11-23T08:00:00.000Z',
      byDay: [
        { day: '2026-11-23', incidents: 1 },
        { day: '2026-11-24', incidents: 0 },
      ],
    });
  });

  it.each([
    ['no token', {}],
    ['a wrong one', bearer('readers')],
  ])('answers %s with 401, whatever else is wrong', async (_what, headers) => {
    const api = await createApi();

    const result = await api.get({ unknown: 'x' }, headers);

    expect(result.statusCode).toBe(401);
    expect(api.world.faults.calls).toEqual({ 'rollUps.keep': 1 });
  });

  it('answers who may write as well', async () => {
    const api = await createApi();

    expect(await api.get({}, bearer('writer'))).toMatchObject({ statusCode: 200 });
  });

  it.each([
    ['tz', { tz: 'Mars/Olympus' }],
    ['from', { from: 'yesterday' }],
    ['from', { from: '2026-11-24', to: '2026-11-20' }],
    ['from', { from: '2024-01-01' }],
    ['to', { to: '24.11.2026' }],
    ['interval', { interval: '1h' }],
  ])('names %s where that is wrong, and reads nothing', async (path, query: Record<string, string>) => {
    const api = await createApi();

    const result = await api.get(query);

    expect(result).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    });
    expect(bodyOf(result)).toMatchObject({ status: 400, path, detail: expect.stringContaining(path) });
    expect(api.world.faults.calls).toEqual({ 'rollUps.keep': 1 });
  });

  it('says nothing of the inside when the table cannot be reached', async () => {
    const api = await createApi();
    api.world.faults.failOn('rollUps.between', { error: new Error('secret endpoint') });

    const result = await api.get();

    expect(result.statusCode).toBe(500);
    expect(result.body).not.toContain('secret');
  });

  it('shows a year, every day of it', async () => {
    const api = await createApi();
    const to = new Date(api.world.clock.now() + DAY).toISOString().slice(0, 10);

    const result = await api.get({ from: '2025-11-24', to });

    expect(bodyOf(result).byDay).toHaveLength(366);
  });
});
