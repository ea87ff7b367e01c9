import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoMaintenanceStore } from '../../lib/adapters/dynamodb/operations/maintenance-store.ts';
import { createMaintenanceId } from '../../lib/core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../lib/core/maintenance/maintenance-store.ts';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryMaintenanceStore } from '../support/fakes/memory-maintenance-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryMaintenanceStore();

describe.each<[string, () => MaintenanceStore]>([
  ['memory', () => memory],
  ['DynamoDB', () => createDynamoMaintenanceStore(local.table)],
])('%s as MaintenanceStore', (_, store) => {
  it('returns what was added, and nothing for an invalid id', async () => {
    const added = maintenance('added', STORED_AT);

    await store().add(added);

    expect(await store().get(added.id)).toEqual(added);
    expect(await store().get('nothing')).toBeUndefined();
    expect(await store().end('nothing', STORED_AT)).toBeUndefined();
  });

  it('lists those that end after a time, the first to end first', async () => {
    const from = STORED_AT + 100 * HOUR;
    const [a, b, c] = [from, from + 1, from + HOUR].map((to) => maintenance('listed', to));
    for (const each of [c, a, b]) if (each) await store().add(each);

    expect(await store().endingAfter(from - 1)).toEqual([a, b, c]);
    expect(await store().endingAfter(from)).toEqual([b, c]);
    expect(await store().endingAfter(from + HOUR)).toEqual([]);
  });

  it('ends it once, and only before its time', async () => {
    const early = maintenance('early', STORED_AT + HOUR);
    const late = maintenance('late', STORED_AT);
    for (const each of [early, late]) await store().add(each);

    const ends = [
      await store().end(early.id, STORED_AT),
      await store().end(early.id, STORED_AT + MINUTE),
      await store().end(late.id, STORED_AT),
    ];

    expect(ends.map((each) => each?.endedAt)).toEqual([STORED_AT, STORED_AT, undefined]);
  });

  it('keeps the time of its first notice', async () => {
    const notified = maintenance('told', STORED_AT);
    await store().add(notified);

    for (const at of [1, 2]) await store().markNotified(notified.id, STORED_AT + at);

    expect((await store().get(notified.id))?.notifiedAt).toBe(STORED_AT + 1);
  });

  it('remembers each incident that it muted once', async () => {
    const { id } = maintenance('muting', STORED_AT);

    for (const incident of ['k.1', 'k.2', 'k.1']) await store().recordMuted(id, incident);

    expect((await store().mutedIncidents(id)).toSorted()).toEqual(['k.1', 'k.2']);
    expect(await store().mutedIncidents(`${id}x`)).toEqual([]);
  });
});

describe('maintenances in DynamoDB', () => {
  it('cost one call a step, and never a scan', async () => {
    const store = createDynamoMaintenanceStore(local.table);
    const { id } = maintenance('priced', STORED_AT);
    local.calls.reset();

    await store.endingAfter(STORED_AT + 1_000 * HOUR);
    await store.recordMuted(id, 'k.1');
    await store.mutedIncidents(id);
    await store.get(id);

    expect(local.calls.counts).toEqual({ QueryCommand: 2, PutItemCommand: 1, GetItemCommand: 1 });
  });
});

function maintenance(unique: string, to: number): Maintenance {
  return {
    id: createMaintenanceId(to, unique),
    matchers: 'alertname="AgentDown"',
    from: to - HOUR,
    to,
    by: 'Ana',
    reason: 'upgrade',
    createdAt: to - HOUR,
  };
}
