import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { STORED_AT, storedIncident } from '../support/factories/stored-incident.ts';
import { createMemoryDestinationStore } from '../support/fakes/memory-destination-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { destinationStoreContract } from './destination-store.contract.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryDestinationStore();
destinationStoreContract('the memory store', () => ({
  store: memory,
  deliveries: async (incidentId) => memory.deliveriesOf(incidentId),
}));

destinationStoreContract('DynamoDB', () => ({
  store: createDynamoDestinationStore(local.table),
  async deliveries(incidentId) {
    const [key = '', episode] = incidentId.split('.');
    await createDynamoIncidentStore(local.table).write(storedIncident({ key, episode: Number(episode) }), 0);
    return (await createDynamoHistory(local.table).record(incidentId))?.deliveries ?? [];
  },
}));

describe('a destination in DynamoDB', () => {
  it('costs one call a step', async () => {
    const store = createDynamoDestinationStore(local.table);
    const { id } = storedIncident();
    local.calls.reset();

    const record = await store.read(id, 'email');
    await store.claim(id, 'email', { owner: 'a', now: STORED_AT, until: STORED_AT + 1 });
    await store.save(id, record, { owner: 'a', until: 0 });

    expect(local.calls.counts).toEqual({ GetItemCommand: 1, UpdateItemCommand: 1, PutItemCommand: 1 });
  });
});
