import { addDays, toInstant, toLocalTime } from '../shared/local-time.ts';
import type { Millis } from '../shared/time.ts';
import { QUARTER } from './roll-up.ts';

/** `2026-11-24` as a calendar on the wall shows it, and where it begins. */
export type LocalDay = { day: string; start: Millis };

/** The days of a zone that have any part in a range, which must not be empty. Clock changes make some longer. */
export function listLocalDays(from: Millis, to: Millis, timeZone: string): LocalDay[] {
  const days: LocalDay[] = [];
  let local = `${toLocalTime(from, timeZone).slice(0, 10)}T00:00`;
  let start = startOf(local, timeZone);
  while (start < to) {
    const next = addDays(local, 1);
    const end = startOf(next, timeZone);
    // A zone that moved across the date line has left a day out.
    if (end > start && end > from) days.push({ day: local.slice(0, 10), start });
    local = next;
    start = end;
  }
  return days;
}

/** Midnight of a date, moved back to the quarter hour: only zones of long ago had it anywhere else. */
export function startOfDay(date: string, timeZone: string): Millis {
  return startOf(`${date}T00:00`, timeZone);
}

function startOf(local: string, timeZone: string): Millis {
  return Math.floor(toInstant(local, timeZone) / QUARTER) * QUARTER;
}
