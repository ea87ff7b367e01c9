import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { RateLimitStore } from '../../../core/delivery/delivery-stores.ts';
import type { Millis } from '../../../core/shared/time.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import {
  assertSchemaVersion,
  CHILD_SCHEMA,
  createChildAttributes,
  type DynamoTable,
} from '../table/table.ts';

/** Partitions of buckets; incident keys are hashes and never look like this. */
const PARTITION = 'rate-limit';

/** Booking a slot without contention is one conditional update. */
export function createDynamoRateLimitStore(table: DynamoTable): RateLimitStore {
  const { client, tableName } = table;
  const keyOf = (bucket: string) => marshall({ pk: `${PARTITION}#${bucket}`, sk: PARTITION });

  /** Moves the bucket's next slot. True if the condition held. */
  function move(bucket: string, expressions: Expressions, values: Record<string, Millis>): Promise<boolean> {
    const { schema, expiresAt } = createChildAttributes(table);
    return putWhereHeld(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(bucket),
          UpdateExpression: `SET ${expressions.set}, #schema = :schema, expiresAt = :expiresAt`,
          ConditionExpression: `(${expressions.when}) AND (attribute_not_exists(#schema) OR #schema <= :schema)`,
          ExpressionAttributeNames: { '#schema': 'schema' },
          ExpressionAttributeValues: marshall({ ...values, ':schema': schema, ':expiresAt': expiresAt }),
        }),
      ),
    );
  }

  async function read(bucket: string): Promise<{ nextAt: Millis; blockedUntil: Millis }> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: keyOf(bucket) }),
    );
    const { pk, sk, schema, nextAt = 0, blockedUntil = 0 } = Item ? unmarshall(Item) : {};
    assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
    return { nextAt, blockedUntil };
  }

  return {
    async book(bucket, { now, spacing, bookingWindow }) {
      const free = { set: 'nextAt = :after', when: 'attribute_not_exists(nextAt) OR nextAt <= :now' };
      if (await move(bucket, free, { ':now': now, ':after': now + spacing }))
        return { kind: 'slot', at: now };

      for (;;) {
        const { nextAt, blockedUntil } = await read(bucket);
        const at = Math.max(now, nextAt);
        if (at > now + bookingWindow) return { kind: 'busy', until: at, blocked: blockedUntil > now };
        // A lost race means that another run booked a slot, so this ends at `bookingWindow` at the latest.
        const blocked = blockedUntil > now ? { blocked: true as const } : {};
        const seen = { set: 'nextAt = :after', when: 'nextAt = :seen' };
        if (await move(bucket, seen, { ':seen': nextAt, ':after': at + spacing }))
          return { kind: 'slot', at, ...blocked };
      }
    },

    async block(bucket, until) {
      const values = { ':until': until };
      await move(
        bucket,
        { set: 'blockedUntil = :until', when: 'attribute_not_exists(blockedUntil) OR blockedUntil < :until' },
        values,
      );
      await move(
        bucket,
        { set: 'nextAt = :until', when: 'attribute_not_exists(nextAt) OR nextAt < :until' },
        values,
      );
    },

    async blockedUntil(bucket) {
      return (await read(bucket)).blockedUntil;
    },
  };
}

type Expressions = { set: string; when: string };
