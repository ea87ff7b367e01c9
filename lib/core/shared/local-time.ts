import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import { create, toZonedDateTime } from 'temporal-polyfill/fns/PlainDateTime';
import { offsetNanoseconds } from 'temporal-polyfill/fns/ZonedDateTime';
import { DAY, type Millis } from './time.ts';

/** A date and time without a zone: `2026-11-23T09:00`. */
export type LocalTime = string;

const NANOSECONDS = 1_000_000;

/** Whether `name` is a zone of the IANA database, such as `Europe/Vilnius` or `UTC`. Offsets are not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return toZonedDateTimeISO(fromEpochMilliseconds(0), name).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** Whether the date and time exist in the calendar. A zone may still skip them: see `toInstant`. */
export function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false;
  const wall = wallOf(text);
  return !Number.isNaN(wall) && localOf(wall) === text;
}

/**
 * The moment at which a zone's clocks show a local time. A time that is skipped in spring counts from before
 * the change (02:30 becomes 03:30). Of a time that occurs twice in autumn, the first is meant.
 */
export function toInstant(local: LocalTime, timeZone: string): Millis {
  const [year = 0, month = 0, ...rest] = local.split(/\D/).map(Number);
  const [day = 0, hour = 0, minute = 0] = rest;
  return toZonedDateTime(create(year, month, day, hour, minute), timeZone).epochMilliseconds;
}

/** The same time of day some days later. */
export function addDays(local: LocalTime, days: number): LocalTime {
  return localOf(wallOf(local) + days * DAY);
}

/** Whole days from a local time until the clocks of a zone show `at`; negative when that is earlier. */
export function countDaysUntil(local: LocalTime, at: Millis, timeZone: string): number {
  return Math.floor((wallAt(at, timeZone) - wallOf(local)) / DAY);
}

/** The local time in a zone, to the minute. */
export function toLocalTime(at: Millis, timeZone: string): LocalTime {
  return localOf(wallAt(at, timeZone));
}

function wallAt(at: Millis, timeZone: string): number {
  return at + offsetNanoseconds(toZonedDateTimeISO(fromEpochMilliseconds(at), timeZone)) / NANOSECONDS;
}

/** A local time as a number to calculate with. It is no moment, because it has no zone. */
function wallOf(local: LocalTime): number {
  return Date.parse(`${local}Z`);
}

function localOf(wall: number): LocalTime {
  return new Date(wall).toISOString().slice(0, 16);
}
