import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { grown } from '../../bench/history/cost-table.ts';
import { startInbox } from '../../infra/local/inbox/start-inbox.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoDirtyHours } from '../../lib/adapters/dynamodb/statistics/dirty-hours.ts';
import { createDynamoHourSource } from '../../lib/adapters/dynamodb/statistics/hour-source.ts';
import { createDynamoRollUps } from '../../lib/adapters/dynamodb/statistics/roll-ups.ts';
import { DAY } from '../../lib/core/shared/time.ts';
import { showStatistics } from '../../lib/flow/history/show-statistics.ts';
import { refreshStatistics } from '../../lib/flow/tick/refresh-statistics.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';
import { countHours } from '../../scripts/seed/count-hours.ts';
import { findTable } from '../../scripts/seed/find-table.ts';
import { type PastIncident, pastIncidents } from '../../scripts/seed/past-incidents.ts';
import { pastTimes } from '../../scripts/seed/past-times.ts';
import { createRandom } from '../../scripts/seed/random.ts';
import { seedHistory } from '../../scripts/seed/seed-history.ts';
import { silentLog } from '../support/harness/first-responder.ts';
import { startLocalTable } from '../support/servers/local-table.ts';

const NOW = Date.UTC(2026, 10, 24, 9);
const catalog = compileRunbooks(join(import.meta.dirname, '..', '..', 'runbooks'));

function taken(count: number, options: { seed?: number } = {}): PastIncident[] {
  return [...pastIncidents({ now: NOW, seed: 1, catalog, count, ...options })];
}

describe('a page of the history', () => {
  it('costs the same read units in a history of 1,000 incidents and in one of 2,500, for every question', async () => {
    const local = await startLocalTable(() => NOW);
    let again = 0;

    const { written, costs = [] } = await seedHistory({
      table: local.table,
      catalog,
      now: NOW,
      seed: 1,
      count: 2_500,
      withRecords: 3,
      measureAt: 1_000,
      times: 1,
      stop: new AbortController().signal,
      onProgress: () => undefined,
      afterFilled: async (_table, incidents) => {
        again = [...incidents()].length;
      },
    });
    const [{ incident } = { incident: undefined }] = taken(1);
    const record = await createDynamoHistory(local.table).record(incident?.id ?? '');
    await local.close();

    expect([written, again]).toEqual([2_500, 2_500]);
    expect(costs.length).toBeGreaterThan(10);
    expect(grown(costs)).toEqual([]);
    // 1,000 entries of some 0.5 KB are the most that a page reads.
    expect(Math.max(...costs.map(({ large }) => large.readUnits))).toBeLessThan(100);
    expect(record?.timeline.length).toBeGreaterThan(0);
    expect(record?.diagnoses[0]?.findings).toHaveLength(3);
    expect(record?.deliveries.length).toBeGreaterThan(0);
  });
});

describe('the statistics of a filled history', () => {
  it('are those of its incidents, and a tick adds the diagnoses', async () => {
    const local = await startLocalTable(() => NOW);
    const withRecords = 5;
    await seedHistory({
      table: local.table,
      catalog,
      now: NOW,
      seed: 1,
      count: 200,
      withRecords,
      stop: new AbortController().signal,
      onProgress: () => undefined,
      afterFilled: (table, again) => countHours(table, again(), { now: NOW, withRecords }),
    });
    const ports = {
      hours: createDynamoHourSource(local.table),
      dirtyHours: createDynamoDirtyHours(local.table),
      rollUps: createDynamoRollUps(local.table),
    };
    const show = () =>
      showStatistics({ ...ports, catalog }, { from: NOW - 400 * DAY, to: NOW + DAY, tz: 'UTC' }, NOW);
    const filled = await show();
    await refreshStatistics({ ...ports, clock: { now: () => NOW }, log: silentLog }, NOW + DAY);
    const ticked = await show();
    await local.close();

    const incidents = taken(200).map(({ incident }) => incident);
    expect(filled).toMatchObject({
      incidents: 200,
      open: incidents.filter(({ status }) => status === 'open').length,
      diagnoses: { count: 0 },
    });
    expect(ticked).toMatchObject({ ...filled, asOf: ticked.asOf, diagnoses: ticked.diagnoses });
    expect(ticked.diagnoses.count).toBeGreaterThan(0);
  });
});

describe('the table that seed fills', () => {
  it('is never a table without an emulator', async () => {
    const found = await findTable({ TABLE_NAME: 'first-responder-production' }, false);

    expect(found).toBe('TABLE_NAME needs AWS_ENDPOINT_URL_DYNAMODB: only an emulator is filled.');
  });

  it('is the table of the stack that runs here, which its inbox names', async () => {
    const table = { endpoint: 'http://127.0.0.1:1', tableName: 'of-the-stack' };
    const inbox = await startInbox({ table });

    const found = await findTable({ INBOX_PORT: String(inbox.port) }, false);
    await inbox.close();

    if (typeof found === 'string') throw new Error(found);
    await found.close();
    expect(found).toMatchObject({ own: false, table: { tableName: 'of-the-stack' } });
  });

  it('is a table of its own where no stack runs', async () => {
    const inbox = await startInbox({});
    const environment = { INBOX_PORT: String(inbox.port) };

    const found = await findTable(environment, false);
    await inbox.close();

    if (typeof found === 'string') throw new Error(found);
    await found.close();
    expect(found).toMatchObject({ own: true, where: 'a table of its own' });
  });
});

describe('the history that seed makes', () => {
  it('is the same each time, and its newest are the same however far back it goes', () => {
    expect(taken(300)).toEqual(taken(2_000).slice(0, 300));
    expect(taken(20, { seed: 2 })).not.toEqual(taken(20));
  });

  it('goes back about 30 days with 1,000 incidents and about 400 with 100,000', () => {
    const times: number[] = [];
    for (const { openedAt } of pastTimes(NOW, createRandom(1))) {
      if (times.push(openedAt) >= 100_000) break;
    }

    const days = [999, 99_999].map((n) => (NOW - (times[n] ?? 0)) / DAY);
    expect(days[0]).toBeGreaterThan(25);
    expect(days[0]).toBeLessThan(40);
    expect(days[1]).toBeGreaterThan(360);
    expect(days[1]).toBeLessThan(440);
  });

  it('has one incident of a key at a time, numbered in their order', () => {
    const byKey = Map.groupBy(
      taken(3_000).map(({ incident }) => incident),
      ({ key }) => key,
    );

    for (const incidents of byKey.values()) {
      for (const [at, older] of incidents.slice(1).entries()) {
        expect(incidents[at]?.episode).toBe(older.episode + 1);
        expect(older.resolvedAt).toBeGreaterThan(older.openedAt);
        expect(older.resolvedAt).toBeLessThan(incidents[at]?.openedAt ?? 0);
      }
    }
  });

  it('has every severity, source and category, acknowledged and not, open and resolved, and quieter nights', () => {
    const incidents = taken(3_000).map(({ incident }) => incident);

    const hours = Map.groupBy(incidents, ({ openedAt }) => Math.floor((openedAt % DAY) / (6 * 3_600_000)));
    expect(new Set(incidents.map(({ severity }) => severity)).size).toBe(3);
    expect(new Set(incidents.map(({ source }) => source)).size).toBe(3);
    expect(new Set(incidents.map(({ category }) => category)).size).toBe(6);
    expect(incidents.filter(({ status }) => status === 'open').length).toBeGreaterThan(3);
    expect(incidents.filter(({ status }) => status === 'open').length).toBeLessThan(60);
    expect(new Set(incidents.map(({ ack }) => ack === undefined)).size).toBe(2);
    expect(hours.get(2)?.length ?? 0).toBeGreaterThan(1.5 * (hours.get(0)?.length ?? 0));
  });
});
