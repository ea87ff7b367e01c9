import { dayIn } from '../words/moment.ts';

export const presets = [7, 30, 90] as const;

/** Days in a zone, both included; `days` when it is one of the presets that end today. */
export type Range = { from: string; to: string; tz: string; days?: number };

const DEFAULT_DAYS = 30;

/** The range of the address; without one the last 30 days in the reader's zone. */
export function readRange(search: string, now: number, readersZone: string): Range {
  const query = new URLSearchParams(search);
  const tz = query.get('tz')?.trim() || readersZone;
  const from = query.get('from')?.trim();
  const to = query.get('to')?.trim();
  const today = todayIn(tz, now);
  if (from || to) return { from: from || addDays(to || today, 1 - DEFAULT_DAYS), to: to || today, tz };
  const asked = Number(query.get('days'));
  const days = presets.find((each) => each === asked) ?? DEFAULT_DAYS;
  return { from: addDays(today, 1 - days), to: today, tz, days };
}

/** The address's query for a range. It omits the reader's own zone, which differs between readers. */
export function writeRange(range: Partial<Range>, readersZone: string): string {
  const query = new URLSearchParams();
  if (range.days !== undefined) query.set('days', String(range.days));
  else {
    if (range.from) query.set('from', range.from);
    if (range.to) query.set('to', range.to);
  }
  if (range.tz && range.tz !== readersZone) query.set('tz', range.tz);
  return query.toString();
}

/** The parameters of GET /stats: its `to` is the first day after the range. */
export function statisticsQuery({ from, to, tz }: Range): Record<string, string> {
  return { from, to: addDays(to, 1), tz };
}

/** The 53 weeks, from a Monday on, of a calendar of the past year. */
export function yearUpTo(now: number, tz: string): Range {
  const today = todayIn(tz, now);
  const monday = addDays(today, -weekdayOf(today));
  return { from: addDays(monday, -52 * 7), to: today, tz };
}

/** A day of the calendar so many days later; an invalid day stays as it is. */
export function addDays(day: string, count: number): string {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) ? day : new Date(ms + count * 86_400_000).toISOString().slice(0, 10);
}

/** Monday 0 to Sunday 6. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The API refuses a zone that does not exist. */
function todayIn(tz: string, now: number): string {
  try {
    return dayIn(now, { timeZone: tz });
  } catch {
    return dayIn(now, { timeZone: 'UTC' });
  }
}
