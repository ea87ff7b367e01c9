import type { Millis } from '../../../core/shared/time.ts';

/** Sort key of what belongs to a UTC hour, `2026-11-24T03`. */
export function hourName(hour: Millis): string {
  return new Date(hour).toISOString().slice(0, 13);
}

/** The inverse. */
export function timeOfHour(name: string): Millis {
  return Date.parse(`${name}:00:00Z`);
}
