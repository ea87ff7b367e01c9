import * as z from 'zod';
import { DAY, HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Parameters } from './api.ts';

export const rangeOptions = {
  since: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const;

export const RANGE_HELP = `  --since 7d     opened in the last 7 days; 90m, 12h and 2w are understood as well
  --from, --to   opened at or after, and before: 2026-11-24, which is its midnight in UTC, or 2026-11-24T03:00:00Z`;

export const filterOptions = {
  ...rangeOptions,
  open: { type: 'boolean', default: false },
  resolved: { type: 'boolean', default: false },
  severity: { type: 'string' },
  alertname: { type: 'string' },
  source: { type: 'string' },
  category: { type: 'string' },
} as const;

export const FILTER_HELP = `  --open, --resolved
                 only those
  --severity critical, --alertname NAME, --source NAME, --category NAME
                 only those of one
${RANGE_HELP}`;

type GivenRange = { since?: string | undefined; from?: string | undefined; to?: string | undefined };

type GivenFilters = GivenRange & {
  open: boolean;
  resolved: boolean;
  severity?: string | undefined;
  alertname?: string | undefined;
  source?: string | undefined;
  category?: string | undefined;
};

const units: Readonly<Record<string, Millis>> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const severities = ['critical', 'warning', 'info'];

/** The range as the API's parameters; without options the API's default applies. */
export function readRange({ since, from, to }: GivenRange, now: Millis): Parameters {
  if (since !== undefined && from !== undefined) throw new UsageError('Give --since or --from, not both.');
  return {
    from: since === undefined ? readMoment('--from', from) : new Date(now - readLength(since)).toISOString(),
    to: readMoment('--to', to),
  };
}

/** Filters and range as the API's parameters. */
export function readFilters(given: GivenFilters, now: Millis): Parameters {
  const { open, resolved, severity, alertname, source, category } = given;
  if (open && resolved)
    throw new UsageError('Give --open or --resolved, not both; without either it is all.');
  if (severity !== undefined && !severities.includes(severity)) {
    throw new UsageError(`--severity takes ${severities.join(', ')}, not ${JSON.stringify(severity)}.`);
  }
  return {
    ...readRange(given, now),
    status: open ? 'open' : resolved ? 'resolved' : undefined,
    severity,
    alertname,
    source,
    category,
  };
}

function readLength(text: string): Millis {
  const [, amount, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  const length = Number(amount) * (units[unit] ?? 0);
  if (length > 0) return length;
  throw new UsageError(`--since takes a length like 90m, 12h, 7d or 2w, not ${JSON.stringify(text)}.`);
}

function readMoment(option: string, text: string | undefined): string | undefined {
  if (text === undefined || moment.safeParse(text).success) return text;
  throw new UsageError(`${option} takes 2026-11-24 or 2026-11-24T03:00:00Z, not ${JSON.stringify(text)}.`);
}
