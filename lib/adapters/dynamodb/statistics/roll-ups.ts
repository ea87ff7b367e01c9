import type { Millis } from '../../../core/shared/time.ts';
import type { RollUp } from '../../../core/statistics/roll-up.ts';
import type { RollUps } from '../../../core/statistics/statistics-store.ts';
import { CHILD_SCHEMA, NOT_NEWER, parseChild } from '../table/child-item.ts';
import { marshall } from '../table/marshall.ts';
import { computeExpiry, type DynamoTable, type Item } from '../table/table.ts';
import { putIf, query } from '../table/verbs.ts';
import { formatHourKey, parseHourKey } from './dirty-hours.ts';
import { packRollUp, unpackRollUp } from './pack-roll-up.ts';

/**
 * The counted hours, a partition for each UTC month. Calls made: `keep` one PutItem, `between` one Query a month, in
 * parallel. They expire together with the incidents that they were counted from.
 */
export function createDynamoRollUps(table: DynamoTable): RollUps {
  return {
    async keep(rollUp, countedAt) {
      const { hour, quarters } = rollUp;
      const item = marshall({
        pk: getPartition(hour),
        sk: formatHourKey(hour),
        schema: CHILD_SCHEMA,
        expiresAt: computeExpiry(hour, table.retentionDays),
        countedAt,
        packed: packRollUp(rollUp),
      });
      const newest = `(attribute_not_exists(countedAt) OR countedAt <= :countedAt) AND ${NOT_NEWER}`;
      // An empty hour needs no item, unless it had one.
      const when = quarters.length === 0 ? `${newest} AND attribute_exists(pk)` : newest;
      await putIf(table, item, when, { countedAt, schema: CHILD_SCHEMA });
    },

    async between(from, to) {
      const where = 'pk = :pk AND sk BETWEEN :first AND :last';
      const range = { first: formatHourKey(from), last: formatHourKey(to - 1) };
      const months = await Promise.all(
        listMonths(from, to).map((pk) => query(table, { where, values: { pk, ...range }, mayLag: true })),
      );
      return months
        .flat()
        .map(toRollUp)
        .filter(({ hour, quarters }) => hour >= from && quarters.length > 0);
    },
  };
}

function getPartition(hour: Millis): string {
  return `stats#${formatHourKey(hour).slice(0, 7)}`;
}

function listMonths(from: Millis, to: Millis): string[] {
  const months: string[] = [];
  const start = new Date(from);
  for (let month = 0; ; month += 1) {
    const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month);
    if (first >= to) return months;
    months.push(getPartition(first));
  }
}

function toRollUp(item: Item): RollUp {
  const { sk, packed } = parseChild(item);
  return { hour: parseHourKey(sk), quarters: unpackRollUp(packed) };
}
