import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DestinationRecord } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/destination-store.ts';
import { claimItem } from './claim-item.ts';
import { holds } from './condition.ts';
import type { Item } from './incident-item.ts';
import { marshall, unmarshall } from './marshall.ts';
import { queryItems } from './query-items.ts';
import { siblingItem } from './sibling-item.ts';
import { type DynamoTable, keyOf, refuseNewer, SIBLING_SCHEMA, seqKey, siblingAttributes } from './table.ts';

/** What each destination was told, beside the incident. Every method is one call. */
export function createDynamoDestinationStore(table: DynamoTable): DestinationStore {
  const { client, tableName } = table;

  return {
    async read(incidentId, destination) {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName,
          ConsistentRead: true,
          Key: marshall(keyOf(incidentId, 'destination', destination)),
        }),
      );
      return { ...untold(destination), ...(Item && recordOf(Item)) };
    },

    async failing(incidentId) {
      const { pk, sk } = keyOf(incidentId, 'destination', '');
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        FilterExpression: 'attribute_exists(failure)',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':sk': sk }),
      });
      return items.map((item) => {
        const { destination = '', failure = '' } = recordOf(item);
        return { destination, failure };
      });
    },

    claim: (incidentId, destination, now, until) =>
      claimItem(table, keyOf(incidentId, 'destination', destination), { now, until, destination }),

    async save(incidentId, record) {
      // A run whose claim expired must not undo what a later one has told.
      await holds(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({
              ...record,
              claimUntil: 0,
              ...keyOf(incidentId, 'destination', record.destination),
              ...siblingAttributes(table),
            }),
            ConditionExpression: 'attribute_not_exists(lastSeq) OR lastSeq <= :lastSeq',
            ExpressionAttributeValues: marshall({ ':lastSeq': record.lastSeq }),
          }),
        ),
      );
    },

    async saveDelivery(incidentId, record) {
      // What was delivered stays delivered, whatever a repeated message comes to.
      await holds(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: siblingItem(table, keyOf(incidentId, 'delivery', seqKey(record.seq), record.key), record),
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

function recordOf(item: Item): Partial<DestinationRecord> {
  const { pk, sk, schema, expiresAt: _, ...record } = unmarshall(item);
  refuseNewer({ pk, sk, schema }, SIBLING_SCHEMA);
  return record;
}

/** A destination that was never told anything. */
function untold(destination: string): DestinationRecord {
  return { destination, lastSeq: 0, lastPingSeq: 0, lastTier: 0, resolvedSeq: 0, claimUntil: 0 };
}
