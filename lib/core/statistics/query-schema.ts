import * as z from 'zod/mini';
import { addDays, isTimeZone, toLocalTime } from '../shared/local-time.ts';
import { DAY, HOUR, type Millis } from '../shared/time.ts';
import { getStartOfDay } from './local-days.ts';
import { QUARTER } from './roll-up.ts';

const DEFAULT_DAYS = 30;
/** By the clock: a range across the start or end of summer time may have one hour more. */
const MAX_RANGE = 400 * DAY + HOUR;
/** Moments that every calendar used here can represent, with room for a range and a zone. */
const FIRST: Millis = 0;
const LAST: Millis = Date.UTC(9990, 0, 1);

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be a time such as 2026-11-24T03:00:00Z or a date such as 2026-11-24',
});

/** The query string of GET /stats. */
const QuerySchema = z.strictObject({
  from: z.optional(time),
  to: z.optional(time),
  tz: z._default(
    z.string().check(z.refine(isTimeZone, { error: 'must be a time zone such as Europe/Vilnius or UTC' })),
    'UTC',
  ),
});

/** A range between quarter hours, and the zone whose days are counted. */
export type StatisticsQuery = { from: Millis; to: Millis; tz: string };

export type StatisticsReading =
  | { kind: 'ok'; query: StatisticsQuery }
  /** `path` is the invalid parameter, `reason` one sentence that names it. */
  | { kind: 'refused'; path: string; reason: string };

/**
 * Reads the parameters of the statistics. A date means its midnight in `tz`. Without `from`, the range is the
 * 30 days before `to`; without `to`, it ends with today. Both ends move outwards to a quarter hour.
 */
export function readStatisticsQuery(
  parameters: Record<string, string | undefined>,
  now: Millis,
): StatisticsReading {
  const parsed = QuerySchema.safeParse(parameters);
  if (!parsed.success) return refuseInvalid(parsed.error);

  const { tz } = parsed.data;
  const to = parsed.data.to === undefined ? findEndOfToday(now, tz) : parseMoment(parsed.data.to, tz);
  const from = parsed.data.from === undefined ? findDefaultStart(to, tz) : parseMoment(parsed.data.from, tz);
  for (const [path, at] of Object.entries({ from, to })) {
    if (!(at >= FIRST && at <= LAST)) {
      return refuse(path, `${path} must be between 1970 and 9990.`);
    }
  }
  const query = { from: Math.floor(from / QUARTER) * QUARTER, to: Math.ceil(to / QUARTER) * QUARTER, tz };
  if (from >= to) return refuse('from', 'from must be earlier than to.');
  if (query.to - query.from > MAX_RANGE) return refuse('from', 'from must be at most 400 days before to.');
  return { kind: 'ok', query };
}

function parseMoment(text: string, timeZone: string): Millis {
  return text.includes('T') ? Date.parse(text) : getStartOfDay(text, timeZone);
}

function findEndOfToday(now: Millis, timeZone: string): Millis {
  return getStartOfDay(addDays(toLocalTime(now, timeZone), 1).slice(0, 10), timeZone);
}

function findDefaultStart(to: Millis, timeZone: string): Millis {
  return getStartOfDay(addDays(toLocalTime(to, timeZone), -DEFAULT_DAYS).slice(0, 10), timeZone);
}

function refuseInvalid(error: z.core.$ZodError): StatisticsReading {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const path = issue.keys[0] ?? '';
    return refuse(path, `${path} is not a parameter of the statistics.`);
  }
  const path = String(issue?.path[0] ?? '');
  return refuse(path, `${path} ${issue?.message ?? 'cannot be read'}.`);
}

function refuse(path: string, reason: string): StatisticsReading {
  return { kind: 'refused', path, reason };
}
