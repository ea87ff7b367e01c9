import type { RateLimitStore } from '../../../core/delivery/delivery-stores.ts';
import type { Millis } from '../../../core/shared/time.ts';
import { parseChild, renewChild } from '../table/child-item.ts';
import type { DynamoTable, Key } from '../table/table.ts';
import { get, type Update, updateIf } from '../table/verbs.ts';

/** Partitions of buckets; incident keys are hashes and never look like this. */
const PARTITION = 'rate-limit';

/** Booking a slot without contention is one conditional update. */
export function createDynamoRateLimitStore(table: DynamoTable): RateLimitStore {
  return {
    async book(bucket, { now, spacing, bookingWindow }) {
      const free = {
        set: 'nextAt = :after',
        when: 'attribute_not_exists(nextAt) OR nextAt <= :now',
        values: { now, after: now + spacing },
      };
      if (await move(table, bucket, free)) return { kind: 'slot', at: now };

      for (;;) {
        const { nextAt, blockedUntil } = await read(table, bucket);
        const at = Math.max(now, nextAt);
        if (at > now + bookingWindow) return { kind: 'busy', until: at, blocked: blockedUntil > now };
        // A lost race means that another run booked a slot, so this ends at `bookingWindow` at the latest.
        const blocked = blockedUntil > now ? { blocked: true as const } : {};
        const values = { seen: nextAt, after: at + spacing };
        if (await move(table, bucket, { set: 'nextAt = :after', when: 'nextAt = :seen', values }))
          return { kind: 'slot', at, ...blocked };
      }
    },

    async block(bucket, until) {
      for (const field of ['blockedUntil', 'nextAt']) {
        await move(table, bucket, {
          set: `${field} = :until`,
          when: `attribute_not_exists(${field}) OR ${field} < :until`,
          values: { until },
        });
      }
    },

    async blockedUntil(bucket) {
      return (await read(table, bucket)).blockedUntil;
    },
  };
}

function toBucketKey(bucket: string): Key {
  return { pk: `${PARTITION}#${bucket}`, sk: PARTITION };
}

/** Moves the bucket's next slot. True if the condition held. */
function move(table: DynamoTable, bucket: string, update: Update): Promise<boolean> {
  return updateIf(table, toBucketKey(bucket), renewChild(table, update));
}

async function read(table: DynamoTable, bucket: string): Promise<{ nextAt: Millis; blockedUntil: Millis }> {
  const { nextAt = 0, blockedUntil = 0 } = parseChild(await get(table, toBucketKey(bucket)));
  return { nextAt, blockedUntil };
}
