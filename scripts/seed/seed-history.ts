import { type ComparedCost, compareCosts } from '../../bench/history/cost-table.ts';
import { countReads, measurePages, type PageCost } from '../../bench/history/measure-pages.ts';
import { questions } from '../../bench/history/questions.ts';
import type { DynamoTable } from '../../lib/adapters/dynamodb/table/table.ts';
import type { RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import type { Millis } from '../../lib/core/shared/time.ts';
import { fillTable } from './fill-table.ts';
import { type PastIncident, pastIncidents } from './past-incidents.ts';

export type SeedOptions = {
  table: DynamoTable;
  catalog: RunbookCatalog;
  now: Millis;
  seed: number;
  count: number;
  /** How many of the newest get details, timelines, diagnoses and deliveries. */
  withRecords: number;
  /** Measures pages when this many are there, the newest ones, and again when all are. */
  measureAt?: number;
  /** How often each page is measured, for its time; its read units are the same each time. */
  times?: number;
  /**
   * Uses the stored incidents, for example for sums. `again` yields the same incidents again, the newest first, so that
   * nobody has to keep 100,000 of them.
   */
  afterFilled?(table: DynamoTable, again: () => Iterable<PastIncident>): Promise<void>;
  stop: AbortSignal;
  onProgress(written: number): void;
};

export type Seeded = { written: number; costs?: ComparedCost[] };

/** Fills a history from its newest incident backwards, so that the newest of each size are the same. */
export async function seedHistory(options: SeedOptions): Promise<Seeded> {
  const { table, count, measureAt = count, times = 3, withRecords, stop, onProgress, now } = options;
  const incidents = pastIncidents(options);
  const reads = options.measureAt === undefined ? undefined : countReads(table.client);
  const measure = () =>
    reads === undefined || stop.aborted
      ? new Map<string, PageCost>()
      : measurePages(table, reads, questions(now), { now, times });

  const first = Math.min(measureAt, count);
  const fill = { table, incidents, stop };
  let written = await fillTable({ ...fill, count: first, withRecords, onProgress });
  const small = await measure();
  written += await fillTable({
    ...fill,
    count: count - first,
    withRecords: Math.max(0, withRecords - first),
    onProgress: (more) => onProgress(first + more),
  });
  if (!stop.aborted) await options.afterFilled?.(table, () => pastIncidents(options));
  const large = await measure();
  return { written, costs: reads === undefined ? undefined : compareCosts(small, large) };
}
