import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { SomeIncidents } from '../../../core/history/history.ts';
import { marshall } from '../table/marshall.ts';
import { type DynamoTable, formatSortKey, parseIncidentId } from '../table/table.ts';
import { summaryProjection, toIncidentSummary } from './incident-item.ts';

/**
 * One Query of the incident key's own partition, and none for a first episode. It need not be consistent, because
 * earlier episodes have ended. DynamoDB cuts it at 1 MB, which limits its cost.
 */
export async function readEarlierEpisodes(
  { client, tableName }: DynamoTable,
  incidentId: string,
  limit: number,
): Promise<SomeIncidents> {
  const address = parseIncidentId(incidentId);
  if (address === undefined || address.episode === 1) return { incidents: [], complete: true };
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: marshall({
        ':pk': address.key,
        ':first': formatSortKey('incident', 1),
        ':last': formatSortKey('incident', address.episode - 1),
      }),
      ...summaryProjection,
      ScanIndexForward: false,
      // One more than asked for shows whether there are others.
      Limit: limit + 1,
    }),
  );
  const fired = Items.slice(0, limit).filter((item) => item.neverFired?.BOOL !== true);
  return {
    incidents: fired.map(toIncidentSummary),
    complete: Items.length <= limit && LastEvaluatedKey === undefined,
  };
}
