import { Temporal } from 'temporal-polyfill';
import type { Millis } from './time.ts';

/** A date and time as a clock on the wall shows it, without a zone: `2026-11-23T09:00`. */
export type LocalTime = string;

/** Whether it names a zone of the IANA database, as `Europe/Vilnius` or `UTC` do; offsets are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** Whether a calendar has that date and time. Whether a zone has it is another question: see `instantOf`. */
export function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false;
  try {
    Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/**
 * When the clocks of a zone show a local time. One that they skip in spring counts from before the change (02:30
 * becomes 03:30); of one that they show twice in autumn the first is meant.
 */
export function instantOf(local: LocalTime, timeZone: string): Millis {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The same time of day some days later. */
export function daysLater(local: LocalTime, days: number): LocalTime {
  return Temporal.PlainDateTime.from(local).add({ days }).toString({ smallestUnit: 'minute' });
}

/** Whole days from a local time until the clocks of a zone show `at`; negative when that is earlier. */
export function daysUntil(local: LocalTime, at: Millis, timeZone: string): number {
  const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return Temporal.PlainDateTime.from(local).until(shown, { largestUnit: 'day' }).days;
}
