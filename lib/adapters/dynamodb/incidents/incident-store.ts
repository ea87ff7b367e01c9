import { GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effect } from '../../../core/incident/effect.ts';
import type { Incident } from '../../../core/incident/incident.ts';
import { type IncidentStore, UnwritableError } from '../../../core/incident/incident-store.ts';
import type { Millis } from '../../../core/shared/time.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import { type DynamoTable, getShard, type Item, parseIncidentId, SHARDS, toKey } from '../table/table.ts';
import { indexes, toIncident, toIncidentItem } from './incident-item.ts';

/**
 * Incidents in DynamoDB, one item per episode. Calls made: `latest` one Query, `get` one GetItem, `write` one
 * PutItem, `dropPublishedEffects` one UpdateItem, `due` one Query a shard.
 */
export function createDynamoIncidentStore(table: DynamoTable): IncidentStore {
  return {
    latest: (key) => readLatest(table, key),
    get: (id) => readIncident(table, id),
    write: (incident, expectedVersion) => writeIncident(table, incident, expectedVersion),
    dropPublishedEffects: (incident, remaining, nextDueAt) =>
      dropPublishedEffects(table, incident, remaining, nextDueAt),
    due: (now, limit) => listDue(table, now, limit),
  };
}

async function readLatest({ client, tableName }: DynamoTable, key: string): Promise<Incident | undefined> {
  const { Items } = await client.send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: marshall({ ':pk': key, ':prefix': 'incident#' }),
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  return Items?.[0] && toIncident(Items[0]);
}

async function readIncident({ client, tableName }: DynamoTable, id: string): Promise<Incident | undefined> {
  if (!parseIncidentId(id)) return undefined;
  const Key = marshall(toKey(id, 'incident'));
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key }));
  return Item && toIncident(Item);
}

async function writeIncident(
  { client, tableName, retentionDays }: DynamoTable,
  incident: Incident,
  expectedVersion: number,
): Promise<'written' | 'conflict'> {
  const condition =
    expectedVersion === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'version = :expected',
          ExpressionAttributeValues: marshall({ ':expected': expectedVersion }),
        };
  const item = writable(() => toIncidentItem(incident, retentionDays));
  try {
    const put = new PutItemCommand({ TableName: tableName, Item: item, ...condition });
    return (await putWhereHeld(client.send(put))) ? 'written' : 'conflict';
  } catch (error) {
    throw isRefusal(error) ? new UnwritableError(`the table refuses it: ${error.message}`) : error;
  }
}

async function dropPublishedEffects(
  { client, tableName }: DynamoTable,
  incident: Incident,
  remaining: Effect[],
  nextDueAt: Millis | undefined,
): Promise<'kept' | 'superseded'> {
  const due =
    nextDueAt === undefined
      ? { expression: 'SET effects = :effects REMOVE nextDueAt, dueShard', values: {} }
      : {
          expression: 'SET effects = :effects, nextDueAt = :due, dueShard = :shard',
          values: { ':due': nextDueAt, ':shard': getShard(incident.id) },
        };
  const update = new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(toKey(incident.id, 'incident')),
    UpdateExpression: due.expression,
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: marshall({
      ':effects': remaining,
      ':version': incident.version,
      ...due.values,
    }),
  });
  return (await putWhereHeld(client.send(update))) ? 'kept' : 'superseded';
}

async function listDue({ client, tableName }: DynamoTable, now: Millis, limit: number): Promise<string[]> {
  const shards = await Promise.all(
    SHARDS.map((shard) =>
      queryItems(
        client,
        {
          TableName: tableName,
          IndexName: indexes.due,
          KeyConditionExpression: 'dueShard = :shard AND nextDueAt <= :now',
          ExpressionAttributeValues: marshall({ ':shard': shard, ':now': now }),
        },
        limit,
      ),
    ),
  );
  return shards
    .flat()
    .map(toDueEntry)
    .toSorted(oldestFirst)
    .slice(0, limit)
    .map((entry) => entry.id);
}

/** An incident that cannot become an item fails in every later attempt as well. */
function writable(make: () => Item): Item {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnwritableError(`it cannot be stored: ${why}`, { cause: error });
  }
}

/** True for an error about the item itself, such as its size; a missing or busy table has other error names. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ValidationException';
}

type DueEntry = { id: string; nextDueAt: number };

function toDueEntry(item: Item): DueEntry {
  return { id: item.id?.S ?? '', nextDueAt: Number(item.nextDueAt?.N) };
}

function oldestFirst(a: DueEntry, b: DueEntry): number {
  return a.nextDueAt - b.nextDueAt || (a.id < b.id ? -1 : 1);
}
