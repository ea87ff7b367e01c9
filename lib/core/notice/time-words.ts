import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../shared/time.ts';

export { utcWords } from '../shared/utc-words.ts';

/** A length of time as people say it, in at most two units: `12 s`, `22 min`, `1 h 05 min`, `3 days 4 h`. */
export function durationWords(millis: Millis): string {
  const length = Math.max(0, millis);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h${rest((length % HOUR) / MINUTE, 'min', 2)}`;
  const days = Math.floor(length / DAY);
  return `${days} ${days === 1 ? 'day' : 'days'}${rest((length % DAY) / HOUR, 'h', 1)}`;
}

/** How long ago something was: like a length of time, and in whole days once it is days. */
export function agoWords(millis: Millis): string {
  return durationWords(millis >= DAY ? millis - (millis % DAY) : millis);
}

function rest(amount: number, unit: string, digits: number): string {
  const whole = Math.floor(amount);
  return whole === 0 ? '' : ` ${String(whole).padStart(digits, '0')} ${unit}`;
}
