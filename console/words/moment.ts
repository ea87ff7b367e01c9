const locale = 'en-GB';

export type Moment = { shown: string; iso: string; utc: string };

/**
 * A time in the reader's zone, as short as possible at `now`: the day and the year only when they differ. `utc` is the
 * full time for the title.
 */
export function momentOf(
  ms: number,
  now: number,
  more: { seconds?: boolean; timeZone?: string } = {},
): Moment {
  if (!Number.isFinite(ms)) return { shown: 'unknown', iso: '', utc: 'unknown' };
  const time = new Intl.DateTimeFormat(locale, {
    timeZone: more.timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: more.seconds ? '2-digit' : undefined,
    hourCycle: 'h23',
  }).format(ms);
  const day = dayIn(ms, more);
  const today = dayIn(now, more);
  const date = new Intl.DateTimeFormat(locale, {
    timeZone: more.timeZone,
    day: 'numeric',
    month: 'short',
    year: day.slice(0, 4) === today.slice(0, 4) ? undefined : 'numeric',
  }).format(ms);
  const iso = new Date(ms).toISOString();
  return {
    shown: day === today ? time : `${date}, ${time}`,
    iso,
    utc: `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`,
  };
}

/** `2026-11-24`. */
export function dayIn(ms: number, zone: { timeZone?: string } = {}): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone.timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(ms);
}

/** A day of the calendar such as `2026-11-24`, in words: `24 Nov`, `Tue 24 Nov 2026`. */
export function dayWords(day: string, long = false): string {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) return day;
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    weekday: long ? 'short' : undefined,
    year: long ? 'numeric' : undefined,
  })
    .format(ms)
    .replaceAll(',', '');
}
