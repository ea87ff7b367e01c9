import { DAY, formatUtc, HOUR, MINUTE, type Millis, SECOND } from '../../shared/time.ts';

/** A length of time in at most two units: `12 s`, `22 min`, `1 h 05 min`, `3 days 4 h`. */
export function formatDuration(millis: Millis): string {
  const length = Math.max(0, millis);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h${rest((length % HOUR) / MINUTE, 'min', 2)}`;
  const days = Math.floor(length / DAY);
  return `${days} ${days === 1 ? 'day' : 'days'}${rest((length % DAY) / HOUR, 'h', 1)}`;
}

/** How long ago something was: like a duration, but in whole days from one day on. */
export function formatAgo(millis: Millis): string {
  return formatDuration(millis >= DAY ? millis - (millis % DAY) : millis);
}

function rest(amount: number, unit: string, digits: number): string {
  const whole = Math.floor(amount);
  return whole === 0 ? '' : ` ${String(whole).padStart(digits, '0')} ${unit}`;
}

/** Two ends of a time axis: `02:12` and `03:12 UTC`; with dates when the days differ. */
export function formatSpan(from: Millis, to: Millis): [string, string] {
  const [first, last] = [formatUtc(from), formatUtc(to)];
  if (first.slice(0, 10) !== last.slice(0, 10)) return [first, last];
  return [first.slice(11, 16), last.slice(11)];
}
