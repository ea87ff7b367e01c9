import { DAY, HOUR, MINUTE, type Millis } from '../shared/time.ts';
import { getHour } from './roll-up.ts';

/** An hour that has changed since it was counted. */
export type DirtyHour = {
  hour: Millis;
  /** The first change that the last count may lack. */
  since: Millis;
  /** The last change. */
  markedAt: Millis;
  /** When a count was last attempted. */
  attemptedAt?: Millis;
  /** When the last stored count began. */
  countedAt?: Millis;
};

/** Indexes follow the table within seconds. A count that begins this long after a change includes it. */
const SETTLED_AFTER: Millis = 2 * MINUTE;
/** An old hour that keeps changing is counted at most this often. */
const OLD_HOUR_SPACING: Millis = 5 * MINUTE;
const OLD_AFTER: Millis = 2 * HOUR;

/**
 * One process marks an hour at most this often. The existing mark covers changes in between, because it is
 * removed only long after them.
 */
export const RECOUNT_SPACING: Millis = 30_000;

/** Whether a count that began at `at` includes every change of the mark. */
export function isClean({ markedAt }: Pick<DirtyHour, 'markedAt'>, at: Millis): boolean {
  return at - markedAt >= SETTLED_AFTER;
}

/** The hours to count now. The longest untried comes first, so that no hour holds up the others. */
export function listDueHours(dirtyHours: readonly DirtyHour[], now: Millis): DirtyHour[] {
  return dirtyHours
    .filter(({ hour, attemptedAt = 0 }) => now - hour < OLD_AFTER || now - attemptedAt >= OLD_HOUR_SPACING)
    .toSorted((a, b) => (a.attemptedAt ?? 0) - (b.attemptedAt ?? 0) || b.hour - a.hour);
}

/** Ages at which an hour is counted again, marked or not. */
const COUNTED_AGAIN: readonly Millis[] = [2 * HOUR, DAY, 7 * DAY, 30 * DAY];
/** Within these first minutes of every hour; more than one, so that a tick may fail. */
const AGAIN_WINDOW: Millis = 2 * MINUTE;

/**
 * Hours that are due by age alone. Writing a mark must never cost a notice, so a mark may be missing. This
 * recount finds its changes.
 */
export function listHoursToRecount(now: Millis): Millis[] {
  const hour = getHour(now);
  return now - hour < AGAIN_WINDOW ? COUNTED_AGAIN.map((age) => hour - age) : [];
}
