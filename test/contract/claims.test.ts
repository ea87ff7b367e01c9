import { afterAll, beforeAll } from 'vitest';
import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoDigests } from '../../lib/adapters/dynamodb/delivery/storm-digest.ts';
import type { DestinationRecord } from '../../lib/core/delivery/delivery.ts';
import type { DestinationStore } from '../../lib/core/delivery/delivery-stores.ts';
import type { DigestRecord } from '../../lib/core/storm/storm.ts';
import type { DigestStore } from '../../lib/core/storm/storm-store.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';
import { createFaults } from '../support/fakes/faults.ts';
import { losingAnswers, repeatingItem } from '../support/fakes/losing-answers.ts';
import { createMemoryDestinationStore } from '../support/fakes/memory-destination-store.ts';
import { createMemoryStorms } from '../support/fakes/memory-storm-store.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { claimsContract } from './claims.contract.ts';

let local: LocalTable;
let loseAnswer: () => void;

beforeAll(async () => {
  local = await startLocalTable();
  loseAnswer = losingAnswers(local.table.client);
});

afterAll(() => local.close());

claimsContract('a destination in memory', () => {
  const faults = createFaults();
  const { item, ...rest } = destination(createMemoryDestinationStore(faults));
  return { ...rest, ...repeatingItem(item, faults, 'destinations') };
});

claimsContract('a destination in DynamoDB', () => ({
  ...destination(createDynamoDestinationStore(local.table)),
  loseAnswer,
}));

claimsContract('a digest in memory', () => {
  const faults = createFaults();
  const { item, ...rest } = digest(createMemoryStorms(faults).digests);
  return { ...rest, ...repeatingItem(item, faults, 'storms') };
});

claimsContract('a digest in DynamoDB', () => ({
  ...digest(createDynamoDigests(local.table)),
  loseAnswer,
}));

function destination(store: DestinationStore) {
  const id = `${randomKey()}.1`;
  const name = 'slack:#cryptofunk-alerts';
  const item = {
    claim: (claim: Parameters<DestinationStore['claim']>[2]) => store.claim(id, name, claim),
    save: (record: DestinationRecord, holder: Parameters<DestinationStore['save']>[2]) =>
      store.save(id, record, holder),
  };
  const notified = (record: DestinationRecord) => ({
    ...record,
    lastSeq: 3,
    root: { channelId: 'C1', ts: '17.1' },
  });
  return { item, notified, read: () => store.read(id, name) };
}

function digest(store: DigestStore) {
  const storm = { place: randomKey(), startedAt: STORED_AT };
  const item = {
    claim: (claim: Parameters<DigestStore['claim']>[1]) => store.claim(storm, claim),
    save: (record: DigestRecord, holder: Parameters<DigestStore['save']>[2]) =>
      store.save(storm, record, holder),
  };
  const notified = (record: DigestRecord) => ({ ...record, shownAt: STORED_AT });
  return { item, notified, read: () => store.read(storm) };
}
