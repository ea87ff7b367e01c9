import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ChannelFailure } from '../../../core/delivery/deliver-message-schema.ts';
import type { FailureReportStore } from '../../../core/delivery/delivery-stores.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall } from '../table/marshall.ts';
import { createChildAttributes, type DynamoTable } from '../table/table.ts';

/** One item a destination and reason; incident keys are hashes and never look like its partition. */
export function createDynamoFailureReportStore(table: DynamoTable): FailureReportStore {
  const { client, tableName } = table;
  const keyOf = ({ destination, reason }: ChannelFailure) =>
    marshall({ pk: `failure-report#${destination}`, sk: reason });

  return {
    async claimReport(channelFailure, key, now, since) {
      const { schema, expiresAt } = createChildAttributes(table);
      return putWhereHeld(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(channelFailure),
            UpdateExpression:
              'SET reportedAt = :now, bearer = :key, #schema = :schema, expiresAt = :expiresAt',
            ConditionExpression:
              '(attribute_not_exists(reportedAt) OR reportedAt < :since OR bearer = :key) AND ' +
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

    async releaseReport(channelFailure, key) {
      await putWhereHeld(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(channelFailure),
            // No role may delete an item; the rest of it expires by its time to live.
            UpdateExpression: 'REMOVE reportedAt, bearer',
            ConditionExpression: 'bearer = :key',
            ExpressionAttributeValues: marshall({ ':key': key }),
          }),
        ),
      );
    },
  };
}
