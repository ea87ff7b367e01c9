import type { Millis } from '../shared/time.ts';

/** Latest time that a Date can hold; alerts may carry anything a sender's clock came up with. */
const LAST = 8.64e15;

/** ISO 8601 in UTC with milliseconds. Never throws, so that one odd time does not hide an incident. */
export function isoTime(time: Millis): string {
  const bounded = Number.isFinite(time) ? Math.min(LAST, Math.max(-LAST, time)) : 0;
  return new Date(bounded).toISOString();
}
