import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoHeartbeatStore } from '../../lib/adapters/dynamodb/operations/heartbeat-store.ts';
import type { Heartbeat, HeartbeatStore } from '../../lib/core/heartbeat/heartbeat-store.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryHeartbeatStore } from '../support/fakes/memory-heartbeat-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryHeartbeatStore();

describe.each<[string, () => HeartbeatStore]>([
  ['memory', () => memory],
  ['DynamoDB', () => createDynamoHeartbeatStore(local.table)],
])('%s as HeartbeatStore', (_, store) => {
  it('keeps the last heartbeat of each source, and no other while it is younger than the spacing', async () => {
    for (const [source, after] of [
      ['prod', 0],
      ['staging', 5],
      ['prod', MINUTE - 1],
      ['staging', MINUTE + 5],
    ] as const) {
      await store().record(sign(source, STORED_AT + after), MINUTE);
    }

    expect(await store().list()).toEqual([sign('prod', STORED_AT), sign('staging', STORED_AT + MINUTE + 5)]);
  });

  it('never goes back to an earlier heartbeat', async () => {
    await store().record(sign('late', STORED_AT), MINUTE);

    await store().record(sign('late', STORED_AT - 10 * MINUTE), MINUTE);

    expect((await store().list()).find(({ source }) => source === 'late')?.seenAt).toBe(STORED_AT);
  });
});

describe('a heartbeat in DynamoDB', () => {
  it('costs one small write a heartbeat, and one read for all sources', async () => {
    const store = createDynamoHeartbeatStore(local.table);
    local.calls.reset();

    await store.record(sign('priced', STORED_AT), MINUTE);
    await store.list();

    expect(local.calls.counts).toEqual({ UpdateItemCommand: 1, QueryCommand: 1 });
  });
});

function sign(source: string, seenAt: number): Heartbeat {
  return { source, seenAt, externalURL: 'http://alertmanager.example:9093' };
}
