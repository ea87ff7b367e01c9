import { DAY, type Millis } from '../../../core/shared/time.ts';
import type { DirtyHour } from '../../../core/statistics/dirty-hour.ts';
import type { DirtyHours } from '../../../core/statistics/statistics-store.ts';
import { CHILD_SCHEMA, NOT_NEWER, parseChild, renewChild } from '../table/child-item.ts';
import { computeExpiry, type DynamoTable, type Item, type Key } from '../table/table.ts';
import { query, updateIf } from '../table/verbs.ts';

/** Partition of all marks, few and small; incident keys are hashes and never look like this. */
const PARTITION = 'stats#marks';

/** The rest of a removed mark expires after this time: no function may delete an item. */
const LEFT_BEHIND_FOR: Millis = DAY;

/** One item an hour. Calls made: `markDirty` and `attempted` one UpdateItem (two when it changed), `list` one Query. */
export function createDynamoDirtyHours(table: DynamoTable): DirtyHours {
  return {
    async markDirty(hour, at) {
      const mark = renewChild(table, {
        set: '#since = if_not_exists(#since, :at), markedAt = :at',
        when: 'attribute_not_exists(markedAt) OR markedAt < :at',
        values: { at },
      });
      await updateIf(table, toMarkKey(hour), mark);
    },

    async list() {
      const items = await query(table, {
        where: 'pk = :pk',
        filter: 'attribute_exists(markedAt)',
        values: { pk: PARTITION },
      });
      return items.map(toDirtyHour);
    },

    async attempted({ hour, markedAt }, at, outcome) {
      if (outcome === 'settled') {
        const removed = {
          set: 'attemptedAt = :at, countedAt = :at',
          remove: 'markedAt, #since',
          when: 'markedAt = :markedAt',
          values: { at, markedAt },
        };
        const expiresAt = computeExpiry(at + LEFT_BEHIND_FOR, 0);
        if (await updateIf(table, toMarkKey(hour), renewChild(table, removed, expiresAt))) return;
      }
      const counted = outcome === 'failed' ? '' : ', countedAt = :at';
      await updateIf(table, toMarkKey(hour), {
        set: `attemptedAt = :at, #schema = :schema${counted}`,
        when: `#since <= :at AND ${NOT_NEWER}`,
        values: { at, schema: CHILD_SCHEMA },
      });
    },
  };
}

function toMarkKey(hour: Millis): Key {
  return { pk: PARTITION, sk: formatHourKey(hour) };
}

function toDirtyHour(item: Item): DirtyHour {
  const { sk, since, markedAt, attemptedAt, countedAt } = parseChild(item);
  return { hour: parseHourKey(sk), since, markedAt, attemptedAt, countedAt };
}

/** Sort key of items of a UTC hour, `2026-11-24T03`. */
export function formatHourKey(hour: Millis): string {
  return new Date(hour).toISOString().slice(0, 13);
}

/** The inverse. */
export function parseHourKey(name: string): Millis {
  return Date.parse(`${name}:00:00Z`);
}
