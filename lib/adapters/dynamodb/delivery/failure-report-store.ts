import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Trouble } from '../../../core/delivery/delivery.ts';
import type { TroubleStore } from '../../../core/delivery/delivery-stores.ts';
import { holds } from '../table/errors.ts';
import { marshall } from '../table/marshall.ts';
import { type DynamoTable, siblingAttributes } from '../table/table.ts';

/** One item a destination and reason; incident keys are hashes and never look like its partition. */
export function createDynamoTroubleStore(table: DynamoTable): TroubleStore {
  const { client, tableName } = table;
  const keyOf = ({ destination, reason }: Trouble) => marshall({ pk: `trouble#${destination}`, sk: reason });

  return {
    async mayTell(trouble, key, now, since) {
      const { schema, expiresAt } = siblingAttributes(table);
      return holds(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(trouble),
            UpdateExpression: 'SET toldAt = :now, bearer = :key, #schema = :schema, expiresAt = :expiresAt',
            ConditionExpression:
              '(attribute_not_exists(toldAt) OR toldAt < :since OR bearer = :key) AND ' +
              '(attribute_not_exists(#schema) OR #schema <= :schema)',
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: marshall({
              ':now': now,
              ':key': key,
              ':since': since,
              ':schema': schema,
              ':expiresAt': expiresAt,
            }),
          }),
        ),
      );
    },

    async untold(trouble, key) {
      await holds(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(trouble),
            // Not deleted, which no role allows; its time to live takes what is left of it.
            UpdateExpression: 'REMOVE toldAt, bearer',
            ConditionExpression: 'bearer = :key',
            ExpressionAttributeValues: marshall({ ':key': key }),
          }),
        ),
      );
    },
  };
}
