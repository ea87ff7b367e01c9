import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoDirtyHours } from '../../lib/adapters/dynamodb/statistics/dirty-hours.ts';
import { createDynamoHourSource } from '../../lib/adapters/dynamodb/statistics/hour-source.ts';
import { packRollUp } from '../../lib/adapters/dynamodb/statistics/pack-roll-up.ts';
import { createDynamoRollUps } from '../../lib/adapters/dynamodb/statistics/roll-ups.ts';
import { NewerSchemaError } from '../../lib/adapters/dynamodb/table/errors.ts';
import { DAY, HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { QUARTER } from '../../lib/core/statistics/roll-up.ts';
import { countedHours, incidentSummary } from '../support/factories/counted-hour.ts';
import { STORED_AT, storedIncident } from '../support/factories/stored-incident.ts';
import { createFaults } from '../support/fakes/faults.ts';
import { createMemoryHistory } from '../support/fakes/memory-history.ts';
import { createMemoryIncidentStore } from '../support/fakes/memory-incident-store.ts';
import { createMemoryStatistics } from '../support/fakes/memory-statistics.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { statisticsStoreContract } from './statistics-store.contract.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const faults = createFaults();
const incidents = createMemoryIncidentStore(faults);
const history = createMemoryHistory(faults, incidents);
const memory = { ...createMemoryStatistics(faults, incidents, history), incidents, history };
statisticsStoreContract('memory', () => memory);
statisticsStoreContract('DynamoDB', () => ({
  dirtyHours: createDynamoDirtyHours(local.table),
  rollUps: createDynamoRollUps(local.table),
  hours: createDynamoHourSource(local.table),
  incidents: createDynamoIncidentStore(local.table),
  history: createDynamoHistory(local.table),
}));

describe('statistics in DynamoDB', () => {
  it('cost one small write a mark, and one read of all marks', async () => {
    const dirtyHours = createDynamoDirtyHours(local.table);
    local.calls.reset();

    await dirtyHours.markDirty(STORED_AT, STORED_AT);
    await dirtyHours.list();

    expect(local.calls.counts).toEqual({ UpdateItemCommand: 1, QueryCommand: 1 });
  });

  it('of a year are one read a month', async () => {
    local.calls.reset();

    await createDynamoRollUps(local.table).between(STORED_AT, STORED_AT + 366 * DAY);

    expect(local.calls.counts).toEqual({ QueryCommand: 13 });
  });

  it('read an hour to its end, page by page', async () => {
    const hour = STORED_AT + 100 * DAY;
    const store = createDynamoIncidentStore(local.table);
    // Summaries of some 14 KB each, of which a page of 1 MB holds 70.
    const group = { service: 'x'.repeat(14_000) };
    for (let n = 0; n < 400; n += 1) {
      await store.write(storedIncident({ openedAt: hour + n, group }), 0);
    }
    local.calls.reset();
    let found = 0;

    for await (const page of createDynamoHourSource(local.table).incidentsOf(hour)) found += page.length;

    expect(found).toBe(400);
    expect(local.calls.counts.QueryCommand).toBeGreaterThan(5);
  });

  it('keep the fullest possible hour far under 400 KB', async () => {
    const hour = STORED_AT + 200 * DAY;
    const names = Array.from({ length: 400 }, (_, n) => `${n}${'警\u0001"'.repeat(170)}`);
    const full = names.flatMap((alertname, n) =>
      [0, 1, 2, 3].flatMap((quarter) =>
        [0, 1, 2].map((more) => {
          const openedAt = hour + quarter * QUARTER;
          const duration = Math.round(1.018 ** (n * 3 + more));
          return incidentSummary({
            alertname,
            openedAt,
            status: 'resolved',
            firstAcknowledgedAt: openedAt + duration,
            resolvedAt: openedAt + duration,
          });
        }),
      ),
    );
    const [rollUp] = countedHours(full);
    if (rollUp === undefined) throw new Error('there is no counted hour');
    const rollUps = createDynamoRollUps(local.table);

    await rollUps.keep(rollUp, 1);

    expect(packRollUp(rollUp).length).toBeLessThan(200_000);
    expect(await rollUps.between(hour, hour + HOUR)).toEqual([rollUp]);
  });

  it('refuse items that newer code has stored', async () => {
    const hour = STORED_AT + 300 * DAY;
    const name = new Date(hour).toISOString();
    await local.table.client.send(
      new PutItemCommand({
        TableName: local.table.tableName,
        Item: marshall({ pk: `stats#${name.slice(0, 7)}`, sk: name.slice(0, 13), schema: 2, packed: '[]' }),
      }),
    );

    await expect(createDynamoRollUps(local.table).between(hour, hour + HOUR)).rejects.toThrow(
      NewerSchemaError,
    );
  });

  it('expire with the incidents that they were counted from', async () => {
    const hour = STORED_AT + 400 * DAY;
    const [rollUp] = countedHours([incidentSummary({ openedAt: hour + MINUTE })]);
    const items: unknown[] = [];
    local.table.client.middlewareStack.add(
      (next) => (args) => {
        items.push(Object(args.input).Item?.expiresAt?.N);
        return next(args);
      },
      { step: 'initialize', name: 'seeItems' },
    );

    if (rollUp !== undefined) await createDynamoRollUps(local.table).keep(rollUp, 1);

    local.table.client.middlewareStack.remove('seeItems');
    expect(items).toEqual([String((hour + 400 * DAY) / 1_000)]);
  });
});
