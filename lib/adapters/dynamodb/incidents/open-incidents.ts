import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { SomeIncidents } from '../../../core/history/history.ts';
import { marshall } from '../table/marshall.ts';
import { type DynamoTable, SHARDS } from '../table/table.ts';
import { indexes, toIncidentSummary } from './incident-item.ts';

/**
 * Open incidents of a source, among the newest of all open ones. One Query a shard and no more, because in a storm
 * every incident asks this.
 */
export async function readOpenIncidents(
  { client, tableName }: DynamoTable,
  source: string,
  limit: number,
): Promise<SomeIncidents> {
  const pages = await Promise.all(
    SHARDS.map((shard) =>
      client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: indexes.open,
          KeyConditionExpression: 'openShard = :shard',
          FilterExpression: '#source = :source',
          ExpressionAttributeNames: { '#source': 'source' },
          ExpressionAttributeValues: marshall({ ':shard': shard, ':source': source }),
          ScanIndexForward: false,
          Limit: Math.ceil(limit / SHARDS.length),
        }),
      ),
    ),
  );
  return {
    incidents: pages.flatMap(({ Items = [] }) => Items.map(toIncidentSummary)),
    complete: pages.every(({ LastEvaluatedKey }) => LastEvaluatedKey === undefined),
  };
}
