import { type CalledCatalog, calledPeople } from '../../core/routing/called-people.ts';
import { isoTime, type Millis } from '../../core/shared/time.ts';
import type { StatisticsQuery } from '../../core/statistics/query-schema.ts';
import { hourOf } from '../../core/statistics/roll-up.ts';
import { countedUpTo, type Statistics, statisticsOf } from '../../core/statistics/statistics.ts';
import type { HourMarks, RollUps } from '../../core/statistics/statistics-store.ts';

export type ShowStatisticsPorts = {
  marks: Pick<HourMarks, 'list'>;
  rollUps: Pick<RollUps, 'between'>;
  catalog: CalledCatalog;
};

/** Times are ISO 8601 in UTC. `from` and `to` are the borders that were used, `asOf` up to when all is counted. */
export type ShownStatistics = { from: string; to: string; tz: string; asOf: string } & Statistics;

/** GET /stats: as many reads as the range has months, and one more; each as long as the month has hours. */
export async function showStatistics(
  ports: ShowStatisticsPorts,
  query: StatisticsQuery,
  now: Millis,
): Promise<ShownStatistics> {
  const { from, to, tz } = query;
  // The marks first: an hour whose mark goes in between is then at most newer than it says.
  const marks = await ports.marks.list();
  const rollUps = await ports.rollUps.between(hourOf(from), to);
  const people = (tier: 1 | 2 | 3) => calledPeople(ports.catalog, [tier], now).length;
  return {
    from: isoTime(from),
    to: isoTime(to),
    tz,
    asOf: isoTime(countedUpTo(query, marks, now)),
    ...statisticsOf(query, rollUps, { 1: people(1), 2: people(2), 3: people(3) }, now),
  };
}
