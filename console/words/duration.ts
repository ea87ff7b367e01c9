const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds in words, two units at most: `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  const minutes = Math.floor(whole / MINUTE);
  if (whole < 10 * MINUTE && whole % MINUTE !== 0) return `${minutes} min ${twoDigits(whole % MINUTE)} s`;
  if (whole < HOUR) return `${minutes} min`;
  if (whole < DAY) {
    const left = Math.floor((whole % HOUR) / MINUTE);
    return left === 0
      ? `${Math.floor(whole / HOUR)} h`
      : `${Math.floor(whole / HOUR)} h ${twoDigits(left)} min`;
  }
  const hours = Math.floor((whole % DAY) / HOUR);
  return hours === 0 ? `${Math.floor(whole / DAY)} d` : `${Math.floor(whole / DAY)} d ${hours} h`;
}

/** Between two ISO times; empty when one of them is missing. */
export function between(from: string, to: string | number): string {
  const end = typeof to === 'number' ? to : Date.parse(to);
  return durationWords((end - Date.parse(from)) / 1000);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
