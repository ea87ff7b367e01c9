import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoFailureReportStore } from '../../lib/adapters/dynamodb/delivery/failure-report-store.ts';
import type { FailureReportStore } from '../../lib/core/delivery/delivery-stores.ts';
import { DAY } from '../../lib/core/shared/time.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryTroubleStore } from '../support/fakes/memory-failure-report-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryTroubleStore();

describe.each<[string, () => FailureReportStore]>([
  ['the memory store', () => memory],
  ['DynamoDB', () => createDynamoFailureReportStore(local.table)],
])('%s as TroubleStore', (_, store) => {
  const trouble = () => ({ destination: randomKey(), reason: 'not_found' });
  const mayTell = (one: ReturnType<typeof trouble>, key: string, now = STORED_AT) =>
    store().mayTell(one, key, now, now - DAY);

  it('lets one of several racing notices tell it', async () => {
    const one = trouble();

    const may = await Promise.all(['a', 'b', 'c', 'd'].map((key) => mayTell(one, key)));

    expect(may.filter(Boolean)).toHaveLength(1);
  });

  it('lets it be told again after a day, and each destination and reason by itself', async () => {
    const one = trouble();
    await mayTell(one, 'a');

    expect(await mayTell(one, 'b', STORED_AT + DAY)).toBe(false);
    expect(await mayTell(one, 'b', STORED_AT + DAY + 1)).toBe(true);
    expect(await mayTell({ ...one, reason: 'unauthorized' }, 'b')).toBe(true);
    expect(await mayTell(trouble(), 'b')).toBe(true);
  });

  it('lets the same notice try again when its process died', async () => {
    const one = trouble();

    expect([await mayTell(one, 'a'), await mayTell(one, 'a')]).toEqual([true, true]);
  });

  it('lets another tell it when the first could not', async () => {
    const one = trouble();
    await mayTell(one, 'a');

    await store().untold(one, 'other');
    const before = await mayTell(one, 'b');
    await store().untold(one, 'a');

    expect(before).toBe(false);
    expect(await mayTell(one, 'b')).toBe(true);
  });
});
