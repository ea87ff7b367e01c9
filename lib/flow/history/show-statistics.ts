import { redactTexts } from '../../core/redaction/redact-texts.ts';
import { type CalledCatalog, listCalledPeople } from '../../core/routing/called-people.ts';
import { formatIso, type Millis } from '../../core/shared/time.ts';
import type { StatisticsQuery } from '../../core/statistics/query-schema.ts';
import { getHour } from '../../core/statistics/roll-up.ts';
import { computeStatistics, getCountedUpTo, type Statistics } from '../../core/statistics/statistics.ts';
import type { DirtyHours, RollUps } from '../../core/statistics/statistics-store.ts';

export type ShowStatisticsPorts = {
  dirtyHours: Pick<DirtyHours, 'list'>;
  rollUps: Pick<RollUps, 'between'>;
  catalog: CalledCatalog;
};

/**
 * Times are ISO 8601 in UTC. `from` and `to` are the range that was used; everything up to `asOf` is counted.
 */
export type ShownStatistics = { from: string; to: string; tz: string; asOf: string } & Statistics;

/** GET /stats: one read per month of the range, of one item per hour, and one more read. */
export async function showStatistics(
  ports: ShowStatisticsPorts,
  query: StatisticsQuery,
  now: Millis,
): Promise<ShownStatistics> {
  const { from, to, tz } = query;
  // Reads the marks first: an hour whose mark is removed in between is then at most newer than stated.
  const dirtyHours = await ports.dirtyHours.list();
  const rollUps = await ports.rollUps.between(getHour(from), to);
  const people = (tier: 1 | 2 | 3) => listCalledPeople(ports.catalog, [tier], now).length;
  return {
    from: formatIso(from),
    to: formatIso(to),
    tz,
    asOf: formatIso(getCountedUpTo(query, dirtyHours, now)),
    ...redactTexts(computeStatistics(query, rollUps, { 1: people(1), 2: people(2), 3: people(3) }, now)),
  };
}
