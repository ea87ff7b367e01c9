import type { Millis } from './time.ts';

/** `2026-11-24 03:27 UTC`; a time no calendar has is said to be unknown. */
export function utcWords(time: Millis): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
