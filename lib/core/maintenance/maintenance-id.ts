import type { Millis } from '../shared/time.ts';

/** Digits of a time in base 36, enough until the year 5188. */
const TIME_DIGITS = 9;

/** An id begins with the planned end, so that ids sort by it: what is current is one range of them. */
export function maintenanceId(to: Millis, unique: string): string {
  return `${timePart(to)}-${unique
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 10)
    .toLowerCase()}`;
}

/** Every id of a later end sorts behind this. */
export function timePart(time: Millis): string {
  return Math.max(0, Math.floor(time)).toString(36).padStart(TIME_DIGITS, '0');
}

export function isMaintenanceId(text: string): boolean {
  return /^[0-9a-z]{9}-[0-9a-z]{1,10}$/.test(text);
}
