import { describe, expect, it } from 'vitest';
import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoRateLimitStore } from '../../lib/adapters/dynamodb/delivery/rate-limit-store.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { parseIncidentId } from '../../lib/adapters/dynamodb/table/table.ts';
import { exerciseStores } from '../support/assertions/exercise-stores.ts';
import { STORED_AT, storedIncident } from '../support/factories/stored-incident.ts';
import { createMemoryTable } from '../support/fakes/memory-table.ts';
import { destinationStoreContract } from './destination-store.contract.ts';
import { historyContract } from './history.contract.ts';
import { incidentStoreContract } from './incident-store.contract.ts';
import { rateLimitStoreContract } from './rate-limit-store.contract.ts';

// The table in memory, on which the soak plays months, does what a server does with the same requests.

const memory = createMemoryTable();
const table = { client: memory.client, tableName: 'memory', retentionDays: 400, now: () => STORED_AT };

incidentStoreContract('the table in memory', () => createDynamoIncidentStore(table));
historyContract('the table in memory', () => ({
  history: createDynamoHistory(table),
  incidents: createDynamoIncidentStore(table),
}));
destinationStoreContract('the table in memory', () => ({
  store: createDynamoDestinationStore(table),
  async deliveries(incidentId) {
    const { key, episode } = parseIncidentId(incidentId) ?? { key: '', episode: 1 };
    await createDynamoIncidentStore(table).write(storedIncident({ key, episode }), 0);
    return (await createDynamoHistory(table).record(incidentId))?.deliveries ?? [];
  },
}));
rateLimitStoreContract('the table in memory', () => createDynamoRateLimitStore(table));

describe('the table in memory', () => {
  it('serves every store', () => exerciseStores({ ...table, client: createMemoryTable().client }));

  it('removes what has expired, and nothing else, from the indexes as well', async () => {
    const own = createMemoryTable();
    const store = createDynamoIncidentStore({ ...table, client: own.client });
    const over = storedIncident({ status: 'resolved', resolvedAt: STORED_AT });
    for (const incident of [over, storedIncident()]) await store.write(incident, 0);

    const counts = [own.expire(STORED_AT + 399 * 86_400_000), own.expire(STORED_AT + 401 * 86_400_000)];

    expect(counts).toEqual([0, 1]);
    expect(await store.get(over.id)).toBeUndefined();
    expect(await store.due(Number.MAX_SAFE_INTEGER, 10)).toHaveLength(1);
  });

  it('refuses a request that it cannot read', async () => {
    await expect(async () => table.client.send({ input: {} } as never)).rejects.toThrow(/knows no Object/);
  });
});
