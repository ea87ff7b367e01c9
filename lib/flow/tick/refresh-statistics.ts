import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import {
  type DirtyHour,
  isClean,
  listDueHours,
  listHoursToRecount,
} from '../../core/statistics/hour-mark.ts';
import { countHour, type RollUp } from '../../core/statistics/roll-up.ts';
import type { DirtyHours, HourSource, RollUps } from '../../core/statistics/statistics-store.ts';

export type RefreshStatisticsPorts = {
  hours: HourSource;
  dirtyHours: DirtyHours;
  rollUps: Pick<RollUps, 'keep'>;
  clock: { now(): Millis };
  log: Log;
};

/**
 * Counts the hours anew in which something has changed, until `stopAt`; what is not reached then comes first the next
 * time. An hour's mark goes only when the count began long enough after it, so each hour is counted once more when
 * nothing changes any more. One that fails goes to the back of the line and stops no other; throws at the end, so
 * that the failure is seen. A run that dies anywhere leaves the marks, and counting twice is counting once.
 */
export async function refreshStatistics(ports: RefreshStatisticsPorts, stopAt: Millis): Promise<void> {
  const now = ports.clock.now();
  if (now >= stopAt) return;
  const dirtyHours = await ports.dirtyHours.list();
  const failures: unknown[] = [];
  for (const due of dueHours(dirtyHours, now)) {
    const beganAt = ports.clock.now();
    if (beganAt >= stopAt) break;
    try {
      await refreshOne(ports, due, beganAt, stopAt);
    } catch (error) {
      failures.push(error);
      ports.log.error('an hour of the statistics could not be counted', { hour: due.hour, error });
      if (due.markDirty !== undefined) await sendToTheBack(ports, due.markDirty, beganAt);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} hours of the statistics could not be counted`);
  }
}

type DueHour = { hour: Millis; markDirty?: DirtyHour };

function dueHours(dirtyHours: DirtyHour[], now: Millis): DueHour[] {
  const marked = new Set(dirtyHours.map(({ hour }) => hour));
  return [
    ...listDueHours(dirtyHours, now).map((markDirty) => ({ hour: markDirty.hour, markDirty })),
    ...listHoursToRecount(now).flatMap((hour) => (marked.has(hour) ? [] : [{ hour }])),
  ];
}

async function refreshOne(
  ports: RefreshStatisticsPorts,
  { hour, markDirty }: DueHour,
  beganAt: Millis,
  stopAt: Millis,
): Promise<void> {
  await ports.rollUps.keep(await count(ports, hour, stopAt), beganAt);
  if (markDirty !== undefined) {
    await ports.dirtyHours.attempted(markDirty, beganAt, isClean(markDirty, beganAt) ? 'settled' : 'counted');
  }
}

/** What has been begun may go on for a little past the end; an hour larger than that is a failure of its own. */
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

async function sendToTheBack(ports: RefreshStatisticsPorts, markDirty: DirtyHour, at: Millis): Promise<void> {
  try {
    await ports.dirtyHours.attempted(markDirty, at, 'failed');
  } catch (error) {
    ports.log.warn('an hour of the statistics could not be put back', { hour: markDirty.hour, error });
  }
}
