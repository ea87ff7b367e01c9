import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DestinationRecord } from '../../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../../core/delivery/delivery-stores.ts';
import { claimItem, saveClaimed } from '../table/claim-item.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import {
  assertSchemaVersion,
  CHILD_SCHEMA,
  createChildItem,
  type DynamoTable,
  formatSeq,
  type Item,
  toKey,
} from '../table/table.ts';

/** What each destination has received, as child items of the incident. Every method is one call. */
export function createDynamoDestinationStore(table: DynamoTable): DestinationStore {
  const { client, tableName } = table;

  return {
    async read(incidentId, destination) {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName,
          ConsistentRead: true,
          Key: marshall(toKey(incidentId, 'destination', destination)),
        }),
      );
      return { ...neverNotified(destination), ...(Item && toRecord(Item)) };
    },

    async failing(incidentId) {
      const { pk, sk } = toKey(incidentId, 'destination', '');
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        FilterExpression: 'attribute_exists(failure)',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':sk': sk }),
      });
      return items.map((item) => {
        const { destination = '', failure = '', wholeChannel } = toRecord(item);
        return { destination, failure, wholeChannel: wholeChannel ? wholeChannel : undefined };
      });
    },

    async claim(incidentId, destination, claim) {
      const item = await claimItem(table, toKey(incidentId, 'destination', destination), claim, destination);
      return item && { ...neverNotified(destination), ...toRecord(item) };
    },

    save: (incidentId, record, holder) =>
      saveClaimed(table, toKey(incidentId, 'destination', record.destination), record, holder),

    async saveDelivery(incidentId, record) {
      // A repeated message must not overwrite the record of a delivered one.
      await putWhereHeld(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: createChildItem(
              table,
              toKey(incidentId, 'delivery', formatSeq(record.seq), record.key),
              record,
            ),
            ConditionExpression:
              'attribute_not_exists(pk) OR NOT content.outcome IN (:delivered, :digest, :superseded)',
            ExpressionAttributeValues: marshall({
              ':delivered': 'delivered',
              ':digest': 'digest',
              ':superseded': 'superseded',
            }),
          }),
        ),
      );
    },
  };
}

function toRecord(item: Item): Partial<DestinationRecord> {
  const { pk, sk, schema, expiresAt: _, savedBy: __, ...record } = unmarshall(item);
  assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
  return record;
}

/** A destination that never received anything. */
function neverNotified(destination: string): DestinationRecord {
  return { destination, lastSeq: 0, lastPingSeq: 0, lastTier: 0, resolvedSeq: 0, claimUntil: 0 };
}
