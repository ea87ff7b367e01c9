import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { IncidentQuery, IncidentSummary } from '../../core/history/history.ts';
import { newestFirst } from '../../core/history/summary.ts';
import { DAY, type Millis } from '../../core/shared/time.ts';
import { dayKey, indexes, openedKey, summaryOfItem } from './incident-item.ts';
import { queryItems } from './query-items.ts';
import { type DynamoTable, SHARDS } from './table.ts';

/** How long before its resolve, and so before its retention began, a listed incident may have opened. */
const LONGEST_OPEN = 90 * DAY;

/** Days asked for at once at most; a walk starts with one and doubles, because most listings end early. */
const MAX_DAYS_AT_ONCE = 8;

/**
 * A listing, newest first. Open incidents are in the due index, all of them, however long ago they opened; an
 * alertname has its own index; everything else is found by walking back day by day over the shards.
 */
export async function listSummaries(table: DynamoTable, query: IncidentQuery): Promise<IncidentSummary[]> {
  const window = windowOf(query);
  if (window.lower > window.upper) return [];
  if (query.status === 'open') return openSummaries(table, query, window);
  if (query.alertname) {
    const found = await summaries(table, query, {
      IndexName: indexes.byAlertname,
      KeyConditionExpression: 'nameKey = :partition AND openedKey BETWEEN :lower AND :upper',
      values: { ':partition': query.alertname, ':lower': window.lower, ':upper': window.upper },
    });
    return found.filter(isBefore(query.after)).slice(0, query.limit);
  }
  return walkBack(table, query, window);
}

type Window = { lower: string; upper: string };

/** Bounds of openedKey, both included. `#` sorts before the digits, so a bare time comes before its ids. */
function windowOf(query: IncidentQuery): Window {
  const to = openedKey(query.to, '');
  const after = query.after && openedKey(query.after.openedAt, query.after.id);
  return { lower: openedKey(query.from, ''), upper: after !== undefined && after < to ? after : to };
}

/** BETWEEN includes its ends, but the position of a cursor was already shown. */
function isBefore(after: IncidentQuery['after']): (summary: IncidentSummary) => boolean {
  return (summary) => after === undefined || newestFirst(after, summary) < 0;
}

async function openSummaries(
  table: DynamoTable,
  query: IncidentQuery,
  { lower, upper }: Window,
): Promise<IncidentSummary[]> {
  const shards = await Promise.all(
    SHARDS.map((shard) =>
      summaries(
        table,
        { ...query, limit: Number.POSITIVE_INFINITY },
        {
          IndexName: indexes.due,
          KeyConditionExpression: 'dueShard = :partition',
          // A phantom waits for confirmation there; the history indexes do not hold it at all.
          values: { ':partition': shard, ':phantom': false },
          terms: ['phantom = :phantom'],
        },
      ),
    ),
  );
  return shards
    .flat()
    .filter((summary) => {
      const key = openedKey(summary.openedAt, summary.id);
      return key >= lower && key <= upper;
    })
    .filter(isBefore(query.after))
    .toSorted(newestFirst)
    .slice(0, query.limit);
}

async function walkBack(
  table: DynamoTable,
  query: IncidentQuery,
  window: Window,
): Promise<IncidentSummary[]> {
  const oldest = Math.max(query.from, table.now() - table.retentionDays * DAY - LONGEST_OPEN);
  const found: IncidentSummary[] = [];
  let day = startOfDay(Math.min(query.to - 1, query.after?.openedAt ?? table.now() + DAY));
  let atOnce = 1;

  while (day >= startOfDay(oldest) && found.length < query.limit) {
    const days = Array.from({ length: atOnce }, (_, back) => day - back * DAY);
    const missing = { ...query, limit: query.limit - found.length + 1 };
    const pages = await Promise.all(
      days.flatMap((start) =>
        SHARDS.map((shard) =>
          summaries(table, missing, {
            IndexName: indexes.byDay,
            KeyConditionExpression: 'dayKey = :partition AND openedKey BETWEEN :lower AND :upper',
            values: { ':partition': dayKey(start, shard), ':lower': window.lower, ':upper': window.upper },
          }),
        ),
      ),
    );
    found.push(...pages.flat().filter(isBefore(query.after)).toSorted(newestFirst));
    day -= atOnce * DAY;
    atOnce = Math.min(atOnce * 2, MAX_DAYS_AT_ONCE);
  }
  return found.slice(0, query.limit);
}

function startOfDay(time: Millis): Millis {
  return Math.floor(time / DAY) * DAY;
}

type IndexQuery = Required<Pick<QueryCommandInput, 'IndexName' | 'KeyConditionExpression'>> & {
  values: Record<string, string | number | boolean>;
  /** Conditions beside those of the query's own filters. */
  terms?: string[];
};

/** One partition of an index, newest first, filtered until the limit is filled. */
async function summaries(
  { client, tableName }: DynamoTable,
  query: IncidentQuery,
  { values, terms: more = [], ...index }: IndexQuery,
): Promise<IncidentSummary[]> {
  const filter = filterOf(query);
  const terms = [...more, ...filter.terms];
  const items = await queryItems(
    client,
    {
      TableName: tableName,
      ScanIndexForward: false,
      ...index,
      ...(terms.length === 0 ? {} : { FilterExpression: terms.join(' AND ') }),
      ...(filter.terms.length === 0 ? {} : { ExpressionAttributeNames: filter.names }),
      ExpressionAttributeValues: marshall({ ...values, ...filter.values }),
    },
    // One more than asked for: the position of a cursor may be among them.
    query.limit + 1,
  );
  return items.map(summaryOfItem);
}

function filterOf(query: IncidentQuery) {
  const terms: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, string> = {};
  for (const field of ['status', 'alertname', 'severity', 'source'] as const) {
    const value = query[field];
    if (value === undefined) continue;
    terms.push(`#${field} = :${field}`);
    names[`#${field}`] = field;
    values[`:${field}`] = value;
  }
  return { terms, names, values };
}
