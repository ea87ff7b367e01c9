import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SomeIncidents } from '../../core/history/history.ts';
import { indexes, summaryOfItem } from './incident-item.ts';
import { type DynamoTable, SHARDS } from './table.ts';

/**
 * What is open at a source, from the due index, in which every open incident is: one Query a shard and no more. In a
 * storm of incidents each of them asks this, and tick, which escalates them, reads the same index.
 */
export async function openIncidents(
  { client, tableName }: DynamoTable,
  source: string,
  limit: number,
): Promise<SomeIncidents> {
  const pages = await Promise.all(
    SHARDS.map((shard) =>
      client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: indexes.due,
          KeyConditionExpression: 'dueShard = :shard',
          // A phantom waits for confirmation there.
          FilterExpression: '#source = :source AND #status = :open AND phantom = :phantom',
          ExpressionAttributeNames: { '#source': 'source', '#status': 'status' },
          ExpressionAttributeValues: marshall({
            ':shard': shard,
            ':source': source,
            ':open': 'open',
            ':phantom': false,
          }),
          Limit: Math.ceil(limit / SHARDS.length),
        }),
      ),
    ),
  );
  return {
    incidents: pages.flatMap(({ Items = [] }) => Items.map(summaryOfItem)),
    complete: pages.every(({ LastEvaluatedKey }) => LastEvaluatedKey === undefined),
  };
}
