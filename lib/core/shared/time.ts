/** Milliseconds since the epoch. Every time in lib/core is one of these; parsing happens at the edges. */
export type Millis = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `2026-11-24 03:27 UTC`, or `unknown time` for a time outside the calendar. */
export function formatUtc(time: Millis): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Latest time that a Date can hold. A sender's clock may report any number. */
const LAST = 8.64e15;

/** ISO 8601 in UTC with milliseconds. Never throws, so that one odd time does not hide an incident. */
export function formatIso(time: Millis): string;
export function formatIso(time: Millis | undefined): string | undefined;
export function formatIso(time: Millis | undefined): string | undefined {
  if (time === undefined) return undefined;
  const bounded = Number.isFinite(time) ? Math.min(LAST, Math.max(-LAST, time)) : 0;
  return new Date(bounded).toISOString();
}
