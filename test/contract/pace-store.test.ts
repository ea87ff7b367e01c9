import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoRateLimitStore } from '../../lib/adapters/dynamodb/delivery/rate-limit-store.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryPaceStore } from '../support/fakes/memory-rate-limit-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { paceStoreContract } from './pace-store.contract.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryPaceStore();
paceStoreContract('the memory store', () => memory);
paceStoreContract('DynamoDB', () => createDynamoRateLimitStore(local.table));

describe('a turn in DynamoDB', () => {
  it('costs one update when it is free, and a read more when it is not', async () => {
    const store = createDynamoRateLimitStore(local.table);
    const request = { now: STORED_AT, spacing: 1_000, reach: 0 };
    local.calls.reset();

    await store.take('a free lane', request);
    const free = { ...local.calls.counts };
    await store.take('a free lane', request);

    expect(free).toEqual({ UpdateItemCommand: 1 });
    expect(local.calls.counts).toEqual({ UpdateItemCommand: 2, GetItemCommand: 1 });
  });
});
