import type { SomeIncidents } from '../../../core/history/history.ts';
import { type DynamoTable, SHARDS } from '../table/table.ts';
import { queryPage } from '../table/verbs.ts';
import { indexes, toIncidentSummary } from './incident-item.ts';

/**
 * Open incidents of a source, among the newest of all open ones. One Query a shard and no more, because in a storm
 * every incident asks this.
 */
export async function readOpenIncidents(
  table: DynamoTable,
  source: string,
  limit: number,
): Promise<SomeIncidents> {
  const pages = await Promise.all(
    SHARDS.map((shard) => {
      const open = {
        index: indexes.open,
        where: 'openShard = :shard',
        filter: '#source = :source',
        values: { shard, source },
        newestFirst: true,
      };
      return queryPage(table, open, { limit: Math.ceil(limit / SHARDS.length) });
    }),
  );
  return {
    incidents: pages.flatMap(({ items }) => items.map(toIncidentSummary)),
    complete: pages.every(({ last }) => last === undefined),
  };
}
