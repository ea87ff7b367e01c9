import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isMaintenanceId, parseTimePart } from '../../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../../core/maintenance/maintenance-store.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import {
  CHILD_SCHEMA,
  computeExpiry,
  type DynamoTable,
  type Item,
  parseChildContent,
} from '../table/table.ts';

/** Partition of all maintenances, sorted by id and so by planned end; incident keys are hashes and never look like this. */
const PARTITION = 'maintenance';

/**
 * Maintenances in DynamoDB. Calls made: `endingAfter` and `mutedIncidents` one Query, `get` one GetItem, `end` an
 * UpdateItem and a GetItem, the others one write.
 */
export function createDynamoMaintenanceStore(table: DynamoTable): MaintenanceStore {
  const { client, tableName, retentionDays } = table;

  async function read(id: string): Promise<Maintenance | undefined> {
    if (!isMaintenanceId(id)) return undefined;
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: marshall(keyOf(id)) }),
    );
    return Item && parseChildContent(Item);
  }

  function put(key: { pk: string; sk: string }, content: object, lastsUntil: number): Promise<boolean> {
    const item = {
      ...key,
      content,
      schema: CHILD_SCHEMA,
      expiresAt: computeExpiry(lastsUntil, retentionDays),
    };
    return putWhereHeld(
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: marshall(item),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }

  function set(id: string, field: 'endedAt' | 'notifiedAt', at: number): Promise<boolean> {
    const ending = field === 'endedAt' ? ' AND content.#to > :at' : '';
    return putWhereHeld(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: marshall(keyOf(id)),
          UpdateExpression: 'SET content.#field = :at',
          ConditionExpression: `#schema <= :schema AND attribute_not_exists(content.#field)${ending}`,
          ExpressionAttributeNames: {
            '#field': field,
            '#schema': 'schema',
            ...(ending === '' ? {} : { '#to': 'to' }),
          },
          ExpressionAttributeValues: marshall({ ':at': at, ':schema': CHILD_SCHEMA }),
        }),
      ),
    );
  }

  return {
    async add(maintenance) {
      await put(keyOf(maintenance.id), maintenance, maintenance.to);
    },

    get: read,

    async endingAfter(after) {
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk > :after',
        // `~` sorts behind every id of that very moment.
        ExpressionAttributeValues: marshall({ ':pk': PARTITION, ':after': `${parseTimePart(after)}~` }),
      });
      return items.map((item): Maintenance => parseChildContent(item));
    },

    async end(id, at) {
      if (isMaintenanceId(id)) await set(id, 'endedAt', at);
      return read(id);
    },

    async markNotified(id, at) {
      await set(id, 'notifiedAt', at);
    },

    async recordMuted(id, incidentId) {
      await put({ pk: mutedPartition(id), sk: incidentId }, {}, table.now());
    },

    async mutedIncidents(id) {
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': mutedPartition(id) }),
      });
      return items.map(toSortKey);
    },
  };
}

function keyOf(id: string): { pk: string; sk: string } {
  return { pk: PARTITION, sk: id };
}

function mutedPartition(id: string): string {
  return `${PARTITION}#${id}`;
}

function toSortKey(item: Item): string {
  return String(unmarshall(item)['sk']);
}
