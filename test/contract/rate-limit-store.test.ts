import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoRateLimitStore } from '../../lib/adapters/dynamodb/delivery/rate-limit-store.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryRateLimitStore } from '../support/fakes/memory-rate-limit-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { rateLimitStoreContract } from './rate-limit-store.contract.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryRateLimitStore();
rateLimitStoreContract('the memory store', () => memory);
rateLimitStoreContract('DynamoDB', () => createDynamoRateLimitStore(local.table));

describe('a slot in DynamoDB', () => {
  it('costs one update when it is free, and a read more when it is not', async () => {
    const store = createDynamoRateLimitStore(local.table);
    const request = { now: STORED_AT, spacing: 1_000, bookingWindow: 0 };
    local.calls.reset();

    await store.book('a free bucket', request);
    const free = { ...local.calls.counts };
    await store.book('a free bucket', request);

    expect(free).toEqual({ UpdateItemCommand: 1 });
    expect(local.calls.counts).toEqual({ UpdateItemCommand: 2, GetItemCommand: 1 });
  });
});
