import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoFailureReportStore } from '../../lib/adapters/dynamodb/delivery/failure-report-store.ts';
import type { FailureReportStore } from '../../lib/core/delivery/delivery-stores.ts';
import { DAY } from '../../lib/core/shared/time.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryFailureReportStore } from '../support/fakes/memory-failure-report-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startLocalTable();
});

afterAll(() => local.close());

const memory = createMemoryFailureReportStore();

describe.each<[string, () => FailureReportStore]>([
  ['the memory store', () => memory],
  ['DynamoDB', () => createDynamoFailureReportStore(local.table)],
])('%s as TroubleStore', (_, store) => {
  const channelFailure = () => ({ destination: randomKey(), reason: 'not_found' });
  const claimReport = (one: ReturnType<typeof channelFailure>, key: string, now = STORED_AT) =>
    store().claimReport(one, key, now, now - DAY);

  it('lets only one of several racing notices report the failure', async () => {
    const one = channelFailure();

    const may = await Promise.all(['a', 'b', 'c', 'd'].map((key) => claimReport(one, key)));

    expect(may.filter(Boolean)).toHaveLength(1);
  });

  it('allows another report after a day, and one for each destination and reason', async () => {
    const one = channelFailure();
    await claimReport(one, 'a');

    expect(await claimReport(one, 'b', STORED_AT + DAY)).toBe(false);
    expect(await claimReport(one, 'b', STORED_AT + DAY + 1)).toBe(true);
    expect(await claimReport({ ...one, reason: 'unauthorized' }, 'b')).toBe(true);
    expect(await claimReport(channelFailure(), 'b')).toBe(true);
  });

  it('lets the same notice try again after its process died', async () => {
    const one = channelFailure();

    expect([await claimReport(one, 'a'), await claimReport(one, 'a')]).toEqual([true, true]);
  });

  it('lets another notice report it when the first could not', async () => {
    const one = channelFailure();
    await claimReport(one, 'a');

    await store().releaseReport(one, 'other');
    const before = await claimReport(one, 'b');
    await store().releaseReport(one, 'a');

    expect(before).toBe(false);
    expect(await claimReport(one, 'b')).toBe(true);
  });
});
