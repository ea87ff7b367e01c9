import { addDays, toInstant, toLocalTime } from '../shared/local-time.ts';
import type { Millis } from '../shared/time.ts';
import { QUARTER } from './roll-up.ts';

/** A calendar day, `2026-11-24`, and the moment at which it begins. */
export type LocalDay = { day: string; start: Millis };

/** The days of a zone that overlap a range, which must not be empty. Clock changes make some days longer. */
export function listLocalDays(from: Millis, to: Millis, timeZone: string): LocalDay[] {
  const days: LocalDay[] = [];
  let local = `${toLocalTime(from, timeZone).slice(0, 10)}T00:00`;
  let start = findMidnight(local, timeZone);
  while (start < to) {
    const next = addDays(local, 1);
    const end = findMidnight(next, timeZone);
    // A zone that moved across the date line skipped a day.
    if (end > start && end > from) days.push({ day: local.slice(0, 10), start });
    local = next;
    start = end;
  }
  return days;
}

/** Midnight of a date, moved back to the quarter hour. Only zones of the distant past had other midnights. */
export function getStartOfDay(date: string, timeZone: string): Millis {
  return findMidnight(`${date}T00:00`, timeZone);
}

function findMidnight(local: string, timeZone: string): Millis {
  return Math.floor(toInstant(local, timeZone) / QUARTER) * QUARTER;
}
