import { ExecuteStatementCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { NewerSchemaError } from '../../lib/adapters/dynamodb/table/errors.ts';
import { toKey } from '../../lib/adapters/dynamodb/table/table.ts';
import { truncateDiagnosis } from '../../lib/core/diagnosis/findings/truncate-diagnosis.ts';
import { DAY, HOUR } from '../../lib/core/shared/time.ts';
import { finding } from '../support/factories/finding.ts';
import {
  randomKey,
  STORED_AT,
  storedAlert,
  storedDetail,
  storedDiagnosis,
  storedIncident,
} from '../support/factories/stored-incident.ts';
import { createMemoryHistory } from '../support/fakes/memory-history.ts';
import { createMemoryIncidentStore } from '../support/fakes/memory-incident-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { historyContract } from './history.contract.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable(() => STORED_AT);
});

afterAll(() => local.close());

const incidents = createMemoryIncidentStore();
const memory = createMemoryHistory(undefined, incidents);
historyContract('the memory history', () => ({ history: memory, incidents }));
historyContract('DynamoDB', () => ({
  history: createDynamoHistory(local.table),
  incidents: createDynamoIncidentStore(local.table),
}));

describe('history in DynamoDB', () => {
  it('asks each partition once for a page, and for no more than about a page', async () => {
    // A month without incidents of other tests.
    const to = STORED_AT + 31 * DAY;
    const history = createDynamoHistory(local.table);
    const store = createDynamoIncidentStore(local.table);
    const source = randomKey();
    for (let n = 0; n < 40; n++) {
      await store.write(storedIncident({ source, alertname: source, openedAt: to - HOUR - n }), 0);
    }
    const range = { from: STORED_AT, to, limit: 8 };
    const queries: Record<string, number | undefined> = {};

    for (const [name, filters] of Object.entries({
      newest: {},
      byAlertname: { alertname: source },
      open: { status: 'open' as const },
      openAndNamed: { status: 'open' as const, alertname: source },
    })) {
      local.calls.reset();
      const { incidents } = await history.list({ ...range, ...filters });
      expect(incidents).toHaveLength(8);
      queries[name] = local.calls.counts.QueryCommand;
    }

    for (const count of Object.values(queries)) expect(count).toBeLessThanOrEqual(6);
  });

  it('is tested with a client that refuses every scan', async () => {
    const { client, tableName: TableName } = local.table;

    const results = await Promise.allSettled([
      client.send(new ScanCommand({ TableName })),
      client.send(new ScanCommand({ TableName, IndexName: 'byTime' })),
      client.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}"` })),
    ]);

    for (const result of results)
      expect(result).toMatchObject({ reason: { message: expect.stringContaining('never scanned') } });
  });

  it('writes nothing for known details', async () => {
    const history = createDynamoHistory(local.table);
    const { id } = storedIncident();
    await history.addDetails(id, [storedDetail('a')]);
    local.calls.reset();

    await history.addDetails(id, [storedDetail('a')]);

    expect(local.calls.counts).toEqual({ GetItemCommand: 1 });
  });

  it('asks once for earlier episodes, however large they are, and not at all for a first one', async () => {
    const store = createDynamoIncidentStore(local.table);
    const history = createDynamoHistory(local.table);
    const key = randomKey();
    const alerts = Array.from({ length: 9_000 }, (_, n) =>
      storedAlert({ fingerprint: n.toString(16).padStart(16, '0') }),
    );
    for (let episode = 1; episode <= 9; episode += 1) {
      await store.write(storedIncident({ key, episode, alerts }), 0);
    }
    local.calls.reset();

    const found = await history.earlier(`${key}.9`, 20);
    const none = await history.earlier(`${key}.1`, 20);

    expect(local.calls.counts).toEqual({ QueryCommand: 1 });
    expect(found.incidents.length).toBeGreaterThan(1);
    expect(found.incidents[0]?.id).toBe(`${key}.8`);
    expect(found.complete).toBe(found.incidents.length === 8);
    expect(none.incidents).toEqual([]);
  });

  it('asks each shard once for open incidents, however many there are', async () => {
    const store = createDynamoIncidentStore(local.table);
    const source = randomKey();
    for (let n = 0; n < 20; n += 1) await store.write(storedIncident({ source }), 0);
    local.calls.reset();

    await createDynamoHistory(local.table).open(source, 8);

    expect(local.calls.counts).toEqual({ QueryCommand: 4 });
  });

  it('stores the largest possible diagnosis', async () => {
    const history = createDynamoHistory(local.table);
    const { id } = storedIncident();
    const points = Array.from({ length: 120 }, (_, n): [number, number] => [STORED_AT + n, n / 7]);
    const findings = Array.from({ length: 300 }, (_, n) =>
      finding({
        stepId: `s${n}`,
        sentence: '警'.repeat(200),
        evidence: { kind: 'series', points, min: 0, max: 17, last: 17, omitted: 0 },
      }),
    );
    const largest = truncateDiagnosis(storedDiagnosis(id, 1, { findings }));

    await history.addDiagnosis(largest);

    expect(JSON.stringify(largest).length).toBeGreaterThan(150_000);
    expect(await history.diagnosis(id, largest.id)).toEqual(largest);
  });

  it('refuses items that newer code has stored', async () => {
    const { id } = storedIncident();
    await local.table.client.send(
      new PutItemCommand({
        TableName: local.table.tableName,
        Item: marshall({ ...toKey(id, 'detail'), schema: 2, content: 'of the future' }),
      }),
    );
    const history = createDynamoHistory(local.table);

    const results = await Promise.allSettled([
      history.details(id),
      history.addDetails(id, [storedDetail('a')]),
    ]);

    expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([
      expect.any(NewerSchemaError),
      expect.any(NewerSchemaError),
    ]);
  });

  it('reads and returns as much for 300 diagnoses as for 30', async () => {
    const history = createDynamoHistory(local.table);
    const incident = storedIncident();
    await createDynamoIncidentStore(local.table).write(incident, 0);
    const long = finding({ evidence: { kind: 'text', lines: ['x'.repeat(4_000)], omitted: 0 } });
    const bytes: number[] = [];
    for (const [from, to] of [
      [1, 30],
      [31, 300],
    ] as const) {
      const seqs = Array.from({ length: to - from + 1 }, (_, n) => from + n);
      await Promise.all(
        seqs.map((seq) => history.addDiagnosis(storedDiagnosis(incident.id, seq, { findings: [long] }))),
      );
      bytes.push(JSON.stringify((await history.record(incident.id))?.diagnoses).length);
    }

    expect(bytes[1]).toBeCloseTo(bytes[0] ?? 0, -3);
  });
});
