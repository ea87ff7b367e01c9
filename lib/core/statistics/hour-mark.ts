import { DAY, HOUR, MINUTE, type Millis } from '../shared/time.ts';
import { getHour } from './roll-up.ts';

/** An hour of which something has changed since it was counted. */
export type DirtyHour = {
  hour: Millis;
  /** The first change that may be missing in what was counted before. */
  since: Millis;
  /** The last one. */
  markedAt: Millis;
  /** When it was last tried to count it. */
  attemptedAt?: Millis;
  /** When the last count of it began that was stored. */
  countedAt?: Millis;
};

/** Indexes follow the table within seconds; a count that begins this long after a change holds it. */
const SETTLED_AFTER: Millis = 2 * MINUTE;
/** An hour that changes all the time although it is long over is counted at most this often. */
const OLD_HOUR_SPACING: Millis = 5 * MINUTE;
const OLD_AFTER: Millis = 2 * HOUR;

/**
 * One process marks an hour at most this often: what changes in between is covered by the mark that stands, because
 * that one goes only long afterwards.
 */
export const RECOUNT_SPACING: Millis = 30_000;

/** Whether a count that began at `at` holds all that the mark stands for. */
export function isClean({ markedAt }: Pick<DirtyHour, 'markedAt'>, at: Millis): boolean {
  return at - markedAt >= SETTLED_AFTER;
}

/** What is to be counted now. The one that was tried longest ago comes first, so that none can hold up the others. */
export function listDueHours(dirtyHours: readonly DirtyHour[], now: Millis): DirtyHour[] {
  return dirtyHours
    .filter(({ hour, attemptedAt = 0 }) => now - hour < OLD_AFTER || now - attemptedAt >= OLD_HOUR_SPACING)
    .toSorted((a, b) => (a.attemptedAt ?? 0) - (b.attemptedAt ?? 0) || b.hour - a.hour);
}

/** How long after it began an hour is counted again, marked or not. */
const COUNTED_AGAIN: readonly Millis[] = [2 * HOUR, DAY, 7 * DAY, 30 * DAY];
/** In these first minutes of every hour; more than one, so that a tick may fail. */
const AGAIN_WINDOW: Millis = 2 * MINUTE;

/**
 * Hours that are due because of their age alone. A mark that could not be written costs no notice, so it may be
 * missing; what it stood for is found then.
 */
export function listHoursToRecount(now: Millis): Millis[] {
  const hour = getHour(now);
  return now - hour < AGAIN_WINDOW ? COUNTED_AGAIN.map((age) => hour - age) : [];
}
