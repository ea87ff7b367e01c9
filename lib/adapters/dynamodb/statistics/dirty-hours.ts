import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DAY, type Millis } from '../../../core/shared/time.ts';
import type { DirtyHour } from '../../../core/statistics/dirty-hour.ts';
import type { DirtyHours } from '../../../core/statistics/statistics-store.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import {
  assertSchemaVersion,
  CHILD_SCHEMA,
  computeExpiry,
  createChildAttributes,
  type DynamoTable,
  type Item,
} from '../table/table.ts';

/** Partition of all marks, few and small; incident keys are hashes and never look like this. */
const PARTITION = 'stats#marks';

/** The rest of a removed mark expires after this time: no function may delete an item. */
const LEFT_BEHIND_FOR: Millis = DAY;

/** One item an hour. Calls made: `markDirty` and `attempted` one UpdateItem (two when it changed), `list` one Query. */
export function createDynamoDirtyHours(table: DynamoTable): DirtyHours {
  const { client, tableName } = table;

  /** `false`: the condition did not hold. */
  function update(
    hour: Millis,
    UpdateExpression: string,
    values: Record<string, number>,
    condition?: string,
  ): Promise<boolean> {
    const notNewer = '(attribute_not_exists(#schema) OR #schema <= :schema)';
    return putWhereHeld(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: marshall({ pk: PARTITION, sk: formatHourKey(hour) }),
          UpdateExpression,
          ConditionExpression: condition === undefined ? notNewer : `${condition} AND ${notNewer}`,
          ExpressionAttributeNames: { '#schema': 'schema', '#since': 'since' },
          ExpressionAttributeValues: marshall({ ':schema': CHILD_SCHEMA, ...values }),
        }),
      ),
    );
  }

  return {
    async markDirty(hour, at) {
      await update(
        hour,
        'SET #since = if_not_exists(#since, :at), markedAt = :at, #schema = :schema, expiresAt = :expiresAt',
        { ':at': at, ':expiresAt': createChildAttributes(table).expiresAt },
        '(attribute_not_exists(markedAt) OR markedAt < :at)',
      );
    },

    async list() {
      const items = await queryItems(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'attribute_exists(markedAt)',
        ExpressionAttributeValues: marshall({ ':pk': PARTITION }),
      });
      return items.map(toDirtyHour);
    },

    async attempted({ hour, markedAt }, at, outcome) {
      if (outcome === 'settled') {
        const gone = await update(
          hour,
          'SET attemptedAt = :at, countedAt = :at, #schema = :schema, expiresAt = :expiresAt REMOVE markedAt, #since',
          { ':at': at, ':markedAt': markedAt, ':expiresAt': computeExpiry(at + LEFT_BEHIND_FOR, 0) },
          'markedAt = :markedAt',
        );
        if (gone) return;
      }
      const counted = outcome === 'failed' ? '' : ', countedAt = :at';
      await update(
        hour,
        `SET attemptedAt = :at, #schema = :schema${counted}`,
        { ':at': at },
        '#since <= :at',
      );
    },
  };
}

function toDirtyHour(item: Item): DirtyHour {
  const { pk, sk, schema, since, markedAt, attemptedAt, countedAt } = unmarshall(item);
  assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
  return {
    hour: parseHourKey(sk),
    since,
    markedAt,
    attemptedAt,
    countedAt,
  };
}

/** Sort key of items of a UTC hour, `2026-11-24T03`. */
export function formatHourKey(hour: Millis): string {
  return new Date(hour).toISOString().slice(0, 13);
}

/** The inverse. */
export function parseHourKey(name: string): Millis {
  return Date.parse(`${name}:00:00Z`);
}
