import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import {
  type DirtyHour,
  isClean,
  listDueHours,
  listHoursToRecount,
} from '../../core/statistics/dirty-hour.ts';
import { countHour, type RollUp } from '../../core/statistics/roll-up.ts';
import type { DirtyHours, HourSource, RollUps } from '../../core/statistics/statistics-store.ts';
import { tryEach } from '../shared/failures.ts';

export type RefreshStatisticsPorts = {
  hours: HourSource;
  dirtyHours: DirtyHours;
  rollUps: Pick<RollUps, 'keep'>;
  clock: { now(): Millis };
  log: Log;
};

/**
 * Counts changed hours again until `stopAt`; hours not reached come first next time. An hour's mark is
 * removed only by a count that began long enough after it, so each hour gets a last count after its last
 * change. A failing hour is deferred and stops no other; throws at the end, so that the failure is seen.
 * After a crash the marks remain, and a repeated count changes nothing.
 */
export async function refreshStatistics(ports: RefreshStatisticsPorts, stopAt: Millis): Promise<void> {
  const now = ports.clock.now();
  if (now >= stopAt) return;
  const due = listAllDue(await ports.dirtyHours.list(), now);
  await tryEach(due, (hour) => refreshOne(ports, hour, stopAt), {
    onFailure: ({ hour }, error) =>
      ports.log.error('an hour of the statistics could not be counted', { hour, error }),
    summary: 'hours of the statistics could not be counted',
  });
}

type DueHour = { hour: Millis; dirtyHour?: DirtyHour };

function listAllDue(dirtyHours: DirtyHour[], now: Millis): DueHour[] {
  const marked = new Set(dirtyHours.map(({ hour }) => hour));
  return [
    ...listDueHours(dirtyHours, now).map((dirtyHour) => ({ hour: dirtyHour.hour, dirtyHour })),
    ...listHoursToRecount(now).flatMap((hour) => (marked.has(hour) ? [] : [{ hour }])),
  ];
}

async function refreshOne(
  ports: RefreshStatisticsPorts,
  { hour, dirtyHour }: DueHour,
  stopAt: Millis,
): Promise<void> {
  const beganAt = ports.clock.now();
  if (beganAt >= stopAt) return;
  try {
    await ports.rollUps.keep(await count(ports, hour, stopAt), beganAt);
    const outcome = dirtyHour && isClean(dirtyHour, beganAt) ? 'settled' : 'counted';
    if (dirtyHour !== undefined) await ports.dirtyHours.attempted(dirtyHour, beganAt, outcome);
  } catch (error) {
    if (dirtyHour !== undefined) await defer(ports, dirtyHour, beganAt);
    throw error;
  }
}

/** A started count may exceed `stopAt` by this; an hour that takes longer fails. */
const GRACE: Millis = 10_000;

async function count(
  { hours, clock }: RefreshStatisticsPorts,
  hour: Millis,
  stopAt: Millis,
): Promise<RollUp> {
  const counted = countHour(hour);
  const inTime = () => {
    if (clock.now() >= stopAt + GRACE) throw new Error('there was no time left to count it');
  };
  for await (const page of hours.incidentsOf(hour)) {
    counted.incidents(page);
    inTime();
  }
  for await (const page of hours.diagnosesOf(hour)) {
    counted.diagnoses(page);
    inTime();
  }
  return counted.rollUp();
}

async function defer(ports: RefreshStatisticsPorts, dirtyHour: DirtyHour, at: Millis): Promise<void> {
  try {
    await ports.dirtyHours.attempted(dirtyHour, at, 'failed');
  } catch (error) {
    ports.log.warn('an hour of the statistics could not be deferred', { hour: dirtyHour.hour, error });
  }
}
