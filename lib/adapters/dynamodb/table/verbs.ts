import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from './marshall.ts';
import type { DynamoTable, Item, Key } from './table.ts';

// All that the stores ask of DynamoDB, one call each. In an expression, `#name` is the attribute `name`, which may be
// a reserved word, and `:name` is `values.name`.

type Values = Readonly<Record<string, unknown>>;

export type Query = {
  /** One of the indexes of infra/table.yml, which are never consistent. Without it the table itself is read. */
  index?: string;
  /** The condition on the keys. */
  where: string;
  /** DynamoDB reads what the filter then drops. */
  filter?: string;
  values: Values;
  newestFirst?: boolean;
  /** Reads the table for half the price. For items that no longer change. */
  mayLag?: boolean;
  /** The attributes to read; all by default. */
  projection?: string;
};

export type Page = {
  items: Item[];
  /** Number of items read, including those that the filter dropped. */
  examined: number;
  /** Key of the last item read; absent at the end of the query. */
  last?: Item;
};

export type Update = { set?: string; remove?: string; add?: string; when: string; values: Values };

/** Always consistent. */
export async function get({ client, tableName }: DynamoTable, key: Key): Promise<Item | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: marshall(key) }),
  );
  return Item;
}

/**
 * Reads a query to its end, or until `limit` items that pass its filter are there. A page of DynamoDB is cut at
 * 1 MB before the filter, so a page may be short or empty and still not be the last.
 */
export async function query(table: DynamoTable, query: Query, limit = Infinity): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const missing = limit - items.length;
    // A limit counts items before the filter, so with a filter it would only make more, smaller pages.
    const bound = query.filter || missing === Infinity ? undefined : missing;
    const page = await queryPage(table, query, { limit: bound, start });
    items.push(...page.items);
    start = page.last;
  } while (start && items.length < limit);
  return items.slice(0, limit);
}

/** One page of a query, in one call. `limit` counts items before the filter; `start` is the `last` of a page. */
export async function queryPage(
  { client, tableName }: DynamoTable,
  { index, where, filter, values, newestFirst, mayLag, projection }: Query,
  { limit, start }: { limit?: number; start?: Item } = {},
): Promise<Page> {
  const { Items, ScannedCount, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: index,
      ConsistentRead: index === undefined && !mayLag,
      KeyConditionExpression: where,
      FilterExpression: filter,
      ProjectionExpression: projection,
      ...nameAndMarshall([where, filter, projection], values),
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ExclusiveStartKey: start,
    }),
  );
  return { items: Items ?? [], examined: ScannedCount ?? 0, last: LastEvaluatedKey };
}

/** Stores an item if the condition holds for the one in its place. `false`: nothing was stored. */
export async function putIf(
  { client, tableName }: DynamoTable,
  item: Item,
  when: string,
  values: Values = {},
): Promise<boolean> {
  const put = new PutItemCommand({
    TableName: tableName,
    Item: item,
    ConditionExpression: when,
    ...nameAndMarshall([when], values),
  });
  return (await answerIfHeld(client.send(put))) !== undefined;
}

/** Changes an item, or creates it, if the condition holds. `false`: nothing was changed. */
export async function updateIf(table: DynamoTable, key: Key, update: Update): Promise<boolean> {
  return (await answerIfHeld(sendUpdate(table, key, update))) !== undefined;
}

/** Returns the changed item as well, in the same call. `undefined`: nothing was changed. */
export async function updateAndReadIf(
  table: DynamoTable,
  key: Key,
  update: Update,
): Promise<Item | undefined> {
  const answer = await answerIfHeld(sendUpdate(table, key, update, 'ALL_NEW'));
  return answer && (answer.Attributes ?? {});
}

function sendUpdate(
  { client, tableName }: DynamoTable,
  key: Key,
  { set, remove, add, when, values }: Update,
  returned?: 'ALL_NEW',
) {
  const clauses = Object.entries({ SET: set, REMOVE: remove, ADD: add }).filter(([, each]) => each);
  const change = clauses.map((clause) => clause.join(' ')).join(' ');
  return client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: marshall(key),
      UpdateExpression: change,
      ConditionExpression: when,
      ...nameAndMarshall([change, when], values),
      ReturnValues: returned,
    }),
  );
}

/** The answer to a write, or `undefined` if its condition did not hold. Every other failure is thrown. */
async function answerIfHeld<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** DynamoDB refuses names and values that no expression uses, and an empty list of them. */
function nameAndMarshall(expressions: readonly (string | undefined)[], values: Values) {
  const names = expressions
    .join(' ')
    .match(/#\w+/g)
    ?.map((name) => [name, name.slice(1)]);
  const given = Object.entries(values).map(([name, value]) => [`:${name}`, value]);
  return {
    ExpressionAttributeNames: names && Object.fromEntries(names),
    ExpressionAttributeValues: given.length === 0 ? undefined : marshall(Object.fromEntries(given)),
  };
}
