import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DigestRecord, Storm, StormEntry } from '../../../core/storm/storm.ts';
import type { DigestStore, StormEntries } from '../../../core/storm/storm-store.ts';
import { claimItem, saveClaimed } from '../table/claim-item.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import {
  assertSchemaVersion,
  CHILD_SCHEMA,
  createChildAttributes,
  type DynamoTable,
  type Item,
} from '../table/table.ts';
import { getStormPartition } from './storm-detector.ts';

type Prefix = 'entry' | 'digest';

function keyOf({ place, startedAt }: Storm, prefix: Prefix, ...rest: string[]) {
  return {
    pk: getStormPartition(place),
    sk: [prefix, String(startedAt).padStart(15, '0'), ...rest].join('#'),
  };
}

/** One small item an incident, so that a storm of any size stays under DynamoDB's limits. */
export function createDynamoStormEntries(table: DynamoTable): StormEntries {
  const { client, tableName } = table;

  async function read(storm: Storm, incidentId: string): Promise<StormEntry | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        ConsistentRead: true,
        Key: marshall(keyOf(storm, 'entry', incidentId)),
      }),
    );
    return Item && toEntry(Item);
  }

  return {
    async put(storm, entry) {
      const before = await read(storm, entry.incidentId);
      if (before && before.seq >= entry.seq) return before;
      const stored = { ...entry, addedAt: before?.addedAt ?? entry.addedAt };
      const written = await putWhereHeld(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({
              ...stored,
              ...keyOf(storm, 'entry', entry.incidentId),
              ...createChildAttributes(table),
            }),
            ConditionExpression: 'attribute_not_exists(pk) OR seq < :seq',
            ExpressionAttributeValues: marshall({ ':seq': entry.seq }),
          }),
        ),
      );
      return written ? stored : ((await read(storm, entry.incidentId)) ?? stored);
    },

    async all(storm) {
      const { pk, sk } = keyOf(storm, 'entry', '');
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':sk': sk }),
      });
      return items.map(toEntry);
    },
  };
}

function toEntry(item: Item): StormEntry {
  const { pk, sk, schema, expiresAt: _, ...entry } = unmarshall(item);
  assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
  const { incidentId, seq, at, addedAt, alertname, group, source, severity, openedAt, alerts, state } = entry;
  return { incidentId, seq, at, addedAt, alertname, group, source, severity, openedAt, alerts, state };
}

/** The message that shows the digest, and the time up to which it is published. */
export function createDynamoDigests(table: DynamoTable): DigestStore {
  const { client, tableName } = table;

  return {
    async read(storm) {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName,
          ConsistentRead: true,
          Key: marshall(keyOf(storm, 'digest')),
        }),
      );
      return toDigest(Item ?? {});
    },

    async claim(storm, claim) {
      const item = await claimItem(table, keyOf(storm, 'digest'), claim);
      return item && toDigest(item);
    },

    save: (storm, record, holder) => saveClaimed(table, keyOf(storm, 'digest'), record, holder),
  };
}

function toDigest(item: Item): DigestRecord {
  const { pk, sk, schema, expiresAt: _, savedBy: __, ...record } = unmarshall(item);
  assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
  return { shownAt: 0, claimUntil: 0, ...record };
}
