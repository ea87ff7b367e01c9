import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toIncidentItem } from '../../lib/adapters/dynamodb/incidents/incident-item.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { NewerSchemaError } from '../../lib/adapters/dynamodb/table/errors.ts';
import type { IncidentStore } from '../../lib/core/incident/incident-store.ts';
import { MAX_REPORTED_TIMES, MAX_TRUNCATED_GROUPS, MAX_WORD_HASHES } from '../../lib/core/incident/limits.ts';
import { DAY } from '../../lib/core/shared/time.ts';
import {
  STORED_AT,
  storedAlert,
  storedEffect,
  storedIncident,
} from '../support/factories/stored-incident.ts';
import { createMemoryIncidentStore } from '../support/fakes/memory-incident-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { incidentStoreContract } from './incident-store.contract.ts';

let local: LocalTable;
let dynamo: IncidentStore;

beforeAll(async () => {
  local = await startLocalTable();
  dynamo = createDynamoIncidentStore(local.table);
});

afterAll(() => local.close());

const memory = createMemoryIncidentStore();
incidentStoreContract('the memory store', () => memory);
incidentStoreContract('DynamoDB', () => dynamo);

describe('the cost of an incident in DynamoDB', () => {
  beforeEach(() => local.calls.reset());

  it.each([1, 200, 10_000])('is one call a step with %i alerts', async (count) => {
    const alerts = Array.from({ length: count }, (_, n) =>
      storedAlert({ fingerprint: n.toString(16).padStart(16, '0') }),
    );
    const incident = storedIncident({ alerts });

    await dynamo.write(incident, 0);
    const read = await dynamo.latest(incident.key);
    await dynamo.dropPublishedEffects(incident, [], undefined);

    expect(read).toEqual(incident);
    expect(local.calls.counts).toEqual({ PutItemCommand: 1, QueryCommand: 1, UpdateItemCommand: 1 });
  });

  it('stays one read, although diagnoses and deliveries of later episodes share the key', async () => {
    const incident = storedIncident();
    await dynamo.write(incident, 0);
    for (const sk of [
      'delivery#000001#k',
      'diagnosis#000001#d',
      'timeline#000001#t',
      'incidents',
      'zzz#000002',
    ]) {
      await local.table.client.send(
        new PutItemCommand({ TableName: local.table.tableName, Item: marshall({ pk: incident.key, sk }) }),
      );
    }
    local.calls.reset();

    const latest = await dynamo.latest(incident.key);

    expect(latest).toEqual(incident);
    expect(local.calls.counts).toEqual({ QueryCommand: 1 });
  });
});

describe('items of newer code', () => {
  it('are neither read nor overwritten', async () => {
    const incident = { ...storedIncident(), schema: 2 };
    await dynamo.write(incident, 0);

    const reads = await Promise.allSettled([dynamo.latest(incident.key), dynamo.get(incident.id)]);
    const write = await dynamo.write({ ...incident, schema: 1 }, 0);

    expect(
      reads.map((read) => read.status === 'rejected' && read.reason instanceof NewerSchemaError),
    ).toEqual([true, true]);
    expect(write).toBe('conflict');
  });
});

describe('the state item', () => {
  it('expires only once resolved, and no longer after it reopened', () => {
    const open = storedIncident();
    const resolved = storedIncident({ status: 'resolved', resolvedAt: STORED_AT });

    const expiresAt = [open, resolved].map((incident) => toIncidentItem(incident, 400).expiresAt?.N);

    expect(expiresAt).toEqual([undefined, String((STORED_AT + 400 * DAY) / 1_000)]);
  });

  it('is in the due index only while something can become due', () => {
    const { nextDueAt: _, ...rest } = storedIncident();

    expect(toIncidentItem(storedIncident(), 400).dueShard?.N).toMatch(/^[0-3]$/);
    expect(toIncidentItem(rest, 400).dueShard).toBeUndefined();
  });

  it('is in no history index if the incident never fired', () => {
    const item = toIncidentItem(storedIncident({ neverFired: true }), 400);

    expect([item.timeKey, item.nameKey, item.openShard, item.openedKey]).toEqual(Array(4).fill(undefined));
  });

  it('stays under 350 KB with 10,000 alerts and the most effects that may wait', async () => {
    const incident = storedIncident({
      alerts: Array.from({ length: 10_000 }, (_, n) =>
        storedAlert({
          fingerprint: (n * 977).toString(16).padStart(16, '0'),
          reported: n < MAX_REPORTED_TIMES ? { startsAt: 0, endsAt: STORED_AT } : undefined,
        }),
      ),
      truncation: {
        groups: Array.from({ length: MAX_TRUNCATED_GROUPS + 1 }, (_, n) => ({
          id: n.toString(16).padStart(12, '0'),
          receiver: '00ff00ff00ff',
          size: 1_000_000,
          upTo: STORED_AT,
        })),
        listed: true,
        missing: true,
        announced: true,
      },
      everTruncated: true,
      severityEndedAt: { info: STORED_AT, warning: STORED_AT, critical: STORED_AT },
      firings: Array.from({ length: 50 }, (_, n) => ({
        fingerprint: '00ff00ff00ff00ff',
        startsAt: STORED_AT + n,
      })),
      watchedValues: Object.fromEntries(
        Array.from({ length: 50 }, (_, n) => [n.toString(16).padStart(16, '0'), 'x'.repeat(100)]),
      ),
      textHashes: Object.fromEntries(
        Array.from({ length: MAX_WORD_HASHES }, (_, n) => [n.toString(16).padStart(16, '0'), '00ff00ff']),
      ),
    });
    const detail = {
      fingerprint: '00ff00ff00ff00ff',
      labels: { text: 'x'.repeat(24 * 1024) },
      annotations: {},
      generatorURL: '',
      startsAt: STORED_AT,
    };
    const effects = Array.from({ length: 30 }, (_, n) =>
      storedEffect(incident, n + 1, { details: n === 0 ? [detail] : [] }),
    );

    const bytes = itemBytes(toIncidentItem({ ...incident, effects }, 400));

    expect(bytes).toBeGreaterThan(300 * 1024);
    expect(bytes).toBeLessThan(350 * 1024);
    expect(await dynamo.write({ ...incident, effects }, 0)).toBe('written');
  });
});

/** Size by DynamoDB's published rules: names and strings as UTF-8, numbers at most 21 bytes, 3 a container. */
function itemBytes(item: ReturnType<typeof toIncidentItem>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: ReturnType<typeof toIncidentItem>[string]): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.min(21, Math.ceil(value.N.length / 2) + 2);
  if (value.B !== undefined) return value.B.length;
  if (value.L) return value.L.reduce((sum, inner) => sum + 1 + valueBytes(inner), 3);
  if (value.M) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  return 1;
}
