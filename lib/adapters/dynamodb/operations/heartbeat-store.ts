import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Heartbeat, HeartbeatStore } from '../../../core/heartbeat/heartbeat-store.ts';
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

/** Partition of all heartbeats, few and small; incident keys are hashes and never look like this. */
const PARTITION = 'heartbeat';

/** The last heartbeat of each source. Calls made: `note` one UpdateItem, `list` one Query. */
export function createDynamoHeartbeatStore(table: DynamoTable): HeartbeatStore {
  const { client, tableName } = table;

  return {
    async record({ source, seenAt, externalURL }, spacing) {
      const { schema, expiresAt } = createChildAttributes(table);
      await putWhereHeld(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: marshall({ pk: PARTITION, sk: source }),
            UpdateExpression:
              'SET seenAt = :seenAt, externalURL = :url, #schema = :schema, expiresAt = :expiresAt',
            ConditionExpression:
              '(attribute_not_exists(seenAt) OR seenAt <= :before) AND ' +
              '(attribute_not_exists(#schema) OR #schema <= :schema)',
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: marshall({
              ':seenAt': seenAt,
              ':before': seenAt - spacing,
              ':url': externalURL,
              ':schema': schema,
              ':expiresAt': expiresAt,
            }),
          }),
        ),
      );
    },

    async list() {
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': PARTITION }),
      });
      return items.map(toHeartbeat);
    },
  };
}

function toHeartbeat(item: Item): Heartbeat {
  const { pk, sk, schema, seenAt, externalURL } = unmarshall(item);
  assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
  return { source: sk, seenAt, externalURL };
}
