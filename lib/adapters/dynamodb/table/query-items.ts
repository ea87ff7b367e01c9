import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Item } from './table.ts';

/**
 * Reads a query to its end, or until `limit` items that pass its filter are there. A page of DynamoDB is cut at
 * 1 MB before the filter, so a page may be short or empty and still not be the last.
 */
export async function queryItems(
  client: DynamoDBClient,
  query: Omit<QueryCommandInput, 'ExclusiveStartKey' | 'Limit'>,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        ...query,
        ExclusiveStartKey: start,
        ...pageLimit(query, limit - items.length),
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start && items.length < limit);
  return items.slice(0, limit);
}

/** `Limit` counts items before the filter, so with a filter it would only make more, smaller pages. */
function pageLimit(query: Pick<QueryCommandInput, 'FilterExpression'>, missing: number): { Limit?: number } {
  return query.FilterExpression === undefined && Number.isFinite(missing) ? { Limit: missing } : {};
}
