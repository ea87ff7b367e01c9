import { HOUR, type Millis } from '../../../core/shared/time.ts';
import type { HourSource } from '../../../core/statistics/statistics-store.ts';
import { getDiagnosesKey, toDiagnosis } from '../history/diagnosis-entry.ts';
import { formatTimeKey, getOpenedKey, indexes, toIncidentSummary } from '../incidents/incident-item.ts';
import { type DynamoTable, type Item, SHARDS } from '../table/table.ts';
import { queryPage } from '../table/verbs.ts';

/** Hours of the byTime index: one Query a shard and megabyte, all shards in parallel. */
export function createDynamoHourSource(table: DynamoTable): HourSource {
  return {
    async *incidentsOf(hour) {
      for await (const page of pagesOf(table, formatTimeKey, hour)) yield page.map(toIncidentSummary);
    },
    async *diagnosesOf(hour) {
      for await (const page of pagesOf(table, getDiagnosesKey, hour)) yield page.map(toDiagnosis);
    },
  };
}

async function* pagesOf(
  table: DynamoTable,
  partitionOf: (shard: number) => string,
  hour: Millis,
): AsyncGenerator<Item[]> {
  const where = 'timeKey = :partition AND openedKey BETWEEN :lower AND :upper';
  // `#` sorts before the digits, so a bare time comes before its ids.
  const range = { lower: getOpenedKey(hour, ''), upper: getOpenedKey(hour + HOUR, '') };
  let streams: { shard: number; start?: Item }[] = SHARDS.map((shard) => ({ shard }));
  while (streams.length > 0) {
    const pages = await Promise.all(
      streams.map(({ shard, start }) => {
        const values = { partition: partitionOf(shard), ...range };
        return queryPage(table, { index: indexes.byTime, where, values }, { start });
      }),
    );
    for (const { items } of pages) if (items.length > 0) yield items;
    streams = streams.flatMap(({ shard }, i) => {
      const start = pages[i]?.last;
      return start ? [{ shard, start }] : [];
    });
  }
}
