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

/** Partitions of lanes; incident keys are hashes and never look like this. */
const PARTITION = 'pace';

/** A turn that nobody contends for is one conditional update. */
export function createDynamoRateLimitStore(table: DynamoTable): RateLimitStore {
  const { client, tableName } = table;
  const keyOf = (lane: string) => marshall({ pk: `${PARTITION}#${lane}`, sk: PARTITION });

  /** Whether the condition held. Moves the lane's next turn. */
  function move(lane: string, expressions: Expressions, values: Record<string, Millis>): Promise<boolean> {
    const { schema, expiresAt } = createChildAttributes(table);
    return putWhereHeld(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(lane),
          UpdateExpression: `SET ${expressions.set}, #schema = :schema, expiresAt = :expiresAt`,
          ConditionExpression: `(${expressions.when}) AND (attribute_not_exists(#schema) OR #schema <= :schema)`,
          ExpressionAttributeNames: { '#schema': 'schema' },
          ExpressionAttributeValues: marshall({ ...values, ':schema': schema, ':expiresAt': expiresAt }),
        }),
      ),
    );
  }

  async function read(lane: string): Promise<{ nextAt: Millis; heldUntil: Millis }> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: keyOf(lane) }),
    );
    const { pk, sk, schema, nextAt = 0, heldUntil = 0 } = Item ? unmarshall(Item) : {};
    assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
    return { nextAt, heldUntil };
  }

  return {
    async take(lane, { now, spacing, reach }) {
      const free = { set: 'nextAt = :after', when: 'attribute_not_exists(nextAt) OR nextAt <= :now' };
      if (await move(lane, free, { ':now': now, ':after': now + spacing })) return { kind: 'turn', at: now };

      for (;;) {
        const { nextAt, heldUntil } = await read(lane);
        const at = Math.max(now, nextAt);
        if (at > now + reach) return { kind: 'busy', until: at, held: heldUntil > now };
        // Whoever loses here has seen somebody else take a turn, so this ends at `reach` at the latest.
        const held = heldUntil > now ? { held: true as const } : {};
        const seen = { set: 'nextAt = :after', when: 'nextAt = :seen' };
        if (await move(lane, seen, { ':seen': nextAt, ':after': at + spacing }))
          return { kind: 'turn', at, ...held };
      }
    },

    async hold(lane, until) {
      const values = { ':until': until };
      await move(
        lane,
        { set: 'heldUntil = :until', when: 'attribute_not_exists(heldUntil) OR heldUntil < :until' },
        values,
      );
      await move(
        lane,
        { set: 'nextAt = :until', when: 'attribute_not_exists(nextAt) OR nextAt < :until' },
        values,
      );
    },

    async heldUntil(lane) {
      return (await read(lane)).heldUntil;
    },
  };
}

type Expressions = { set: string; when: string };
