import { type IncidentList, type IncidentQuery, MOST_EXAMINED } from '../../../core/history/history.ts';
import { filterFields } from '../../../core/history/summary.ts';
import {
  formatNameKey,
  formatTimeKey,
  getListPosition,
  getOpenedKey,
  indexes,
  toIncidentSummary,
} from '../incidents/incident-item.ts';
import { type DynamoTable, SHARDS } from '../table/table.ts';
import { type Page, queryPage } from '../table/verbs.ts';
import { mergeShards } from './merge-shards.ts';

/**
 * One page of a listing, newest first. Open incidents have an index of their own, which stays small in any history.
 * An alertname has its own partitions; everything else is read from those of all incidents. Every Query has a Limit
 * and the page a limit of entries, so that its cost does not depend on the size of the history.
 */
export async function listSummaries(table: DynamoTable, query: IncidentQuery): Promise<IncidentList> {
  const after = query.after && getOpenedKey(query.after.openedAt, query.after.id);
  const range = getRange(query, after);
  if (range === undefined) return { incidents: [] };
  const { index, partitionKey, partitionOf } = chooseIndex(query);
  const { filter, values } = buildFilter(query);
  const where = `${partitionKey} = :partition AND openedKey BETWEEN :lower AND :upper`;

  const { items, next } = await mergeShards(
    SHARDS,
    { limit: query.limit, examine: MOST_EXAMINED },
    async ({ partition: shard, ...chunk }): Promise<Page> => {
      const partition = partitionOf(shard);
      const wanted = { index, where, filter, values: { partition, ...range, ...values }, newestFirst: true };
      const page = await queryPage(table, wanted, chunk);
      // BETWEEN includes its ends, but the position of a cursor was already shown.
      return { ...page, items: page.items.filter((item) => item.openedKey?.S !== after) };
    },
  );
  const position = next === undefined ? undefined : getListPosition(next);
  return { incidents: items.map(toIncidentSummary), next: position };
}

/** Bounds of openedKey, both included. `#` sorts before the digits, so a bare time comes before its ids. */
function getRange(
  { from, to }: IncidentQuery,
  after: string | undefined,
): { lower: string; upper: string } | undefined {
  const lower = getOpenedKey(from, '');
  const end = getOpenedKey(to, '');
  const upper = after !== undefined && after < end ? after : end;
  return lower > upper ? undefined : { lower, upper };
}

function chooseIndex({ status, alertname }: IncidentQuery) {
  if (status === 'open') {
    return { index: indexes.open, partitionKey: 'openShard', partitionOf: (shard: number) => shard };
  }
  if (alertname !== undefined) {
    const partitionOf = (shard: number) => formatNameKey(alertname, shard);
    return { index: indexes.byAlertname, partitionKey: 'nameKey', partitionOf };
  }
  return { index: indexes.byTime, partitionKey: 'timeKey', partitionOf: formatTimeKey };
}

function buildFilter(query: IncidentQuery) {
  const terms: string[] = [];
  const values: Record<string, string> = {};
  for (const field of filterFields) {
    const value = query[field];
    // The open index holds nothing else.
    if (value === undefined || (field === 'status' && value === 'open')) continue;
    terms.push(`#${field} = :${field}`);
    values[field] = value;
  }
  return { filter: terms.length === 0 ? undefined : terms.join(' AND '), values };
}
