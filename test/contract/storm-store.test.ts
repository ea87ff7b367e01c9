import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoStormDetector } from '../../lib/adapters/dynamodb/delivery/storm-detector.ts';
import {
  createDynamoDigests,
  createDynamoStormEntries,
} from '../../lib/adapters/dynamodb/delivery/storm-digest.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryStorms } from '../support/fakes/memory-storm-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { stormStoreContract } from './storm-store.contract.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryStorms();
stormStoreContract('the memory store', () => memory);
stormStoreContract('DynamoDB', () => ({
  stormDetector: createDynamoStormDetector(local.table),
  entries: createDynamoStormEntries(local.table),
  digests: createDynamoDigests(local.table),
}));

describe('the storm detector in DynamoDB', () => {
  it('costs an update without a storm, and a read in a storm', async () => {
    const stormDetector = createDynamoStormDetector(local.table);
    const arrival = { now: STORED_AT, limit: 1, until: STORED_AT + 1_000 };
    local.calls.reset();
    await stormDetector.admit('a place', { ...arrival, incidentId: 'a' });
    const calm = { ...local.calls.counts };
    await stormDetector.admit('a place', { ...arrival, incidentId: 'b' });
    local.calls.reset();

    await stormDetector.admit('a place', { ...arrival, incidentId: 'c' });

    expect(calm).toEqual({ UpdateItemCommand: 1 });
    expect(local.calls.counts).toEqual({ GetItemCommand: 1 });
  });
});
