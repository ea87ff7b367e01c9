import * as z from 'zod';
import { addDays, isTimeZone, toLocalTime } from '../shared/local-time.ts';
import { DAY, HOUR, type Millis } from '../shared/time.ts';
import { startOfDay } from './local-days.ts';
import { QUARTER } from './roll-up.ts';

const DEFAULT_DAYS = 30;
/** As clocks show them: summer time that begins or ends in between makes an hour more. */
const MAX_RANGE = 400 * DAY + HOUR;
/** Moments that every calendar here can write down, with room for a range and a zone. */
const FIRST: Millis = 0;
const LAST: Millis = Date.UTC(9990, 0, 1);

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be a time such as 2026-11-24T03:00:00Z or a date such as 2026-11-24',
});

/** The query string of GET /stats. */
const QuerySchema = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  tz: z
    .string()
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Vilnius or UTC' })
    .default('UTC'),
});

/** A range between quarter hours, and the zone whose days are counted. */
export type StatisticsQuery = { from: Millis; to: Millis; tz: string };

export type StatisticsReading =
  | { kind: 'ok'; query: StatisticsQuery }
  /** `path` is the parameter at fault, `reason` one sentence that names it. */
  | { kind: 'refused'; path: string; reason: string };

/**
 * Reads the parameters of the statistics. A date is its midnight in `tz`; without `from` the range is the 30 days
 * before `to`, and without `to` it ends with today. Borders within a quarter hour move outwards.
 */
export function readStatisticsQuery(
  parameters: Record<string, string | undefined>,
  now: Millis,
): StatisticsReading {
  const parsed = QuerySchema.safeParse(parameters);
  if (!parsed.success) return refusal(parsed.error);

  const { tz } = parsed.data;
  const to = parsed.data.to === undefined ? endOfToday(now, tz) : momentOf(parsed.data.to, tz);
  const from = parsed.data.from === undefined ? daysBefore(to, tz) : momentOf(parsed.data.from, tz);
  for (const [path, at] of Object.entries({ from, to })) {
    if (!(at >= FIRST && at <= LAST)) {
      return refused(path, `${path} must be between 1970 and 9990.`);
    }
  }
  const query = { from: Math.floor(from / QUARTER) * QUARTER, to: Math.ceil(to / QUARTER) * QUARTER, tz };
  if (from >= to) return refused('from', 'from must be earlier than to.');
  if (query.to - query.from > MAX_RANGE) return refused('from', 'from must be at most 400 days before to.');
  return { kind: 'ok', query };
}

function momentOf(text: string, timeZone: string): Millis {
  return text.includes('T') ? Date.parse(text) : startOfDay(text, timeZone);
}

function endOfToday(now: Millis, timeZone: string): Millis {
  return startOfDay(addDays(toLocalTime(now, timeZone), 1).slice(0, 10), timeZone);
}

function daysBefore(to: Millis, timeZone: string): Millis {
  return startOfDay(addDays(toLocalTime(to, timeZone), -DEFAULT_DAYS).slice(0, 10), timeZone);
}

function refusal(error: z.ZodError): StatisticsReading {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const path = issue.keys[0] ?? '';
    return refused(path, `${path} is not a parameter of the statistics.`);
  }
  const path = String(issue?.path[0] ?? '');
  return refused(path, `${path} ${issue?.message ?? 'cannot be read'}.`);
}

function refused(path: string, reason: string): StatisticsReading {
  return { kind: 'refused', path, reason };
}
