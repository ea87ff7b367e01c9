import * as z from 'zod/mini';
import { clip } from '../shared/clip.ts';
import { severities } from '../shared/severity.ts';
import type { SigningKey } from '../shared/signature.ts';
import { DAY, type Millis } from '../shared/time.ts';
import { readCursor } from './cursor.ts';
import type { IncidentQuery } from './history.ts';

/** Incidents per response: by default, and at most. */
const LIMITS = { listing: { usual: 50, most: 200 }, export: { usual: 1_000, most: 1_000 } };

const DEFAULT_RANGE = 30 * DAY;

/** No incident was ever opened outside of these; Alertmanager writes an endsAt in year 1 for "none". */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** ISO 8601 with an offset, or a date, which means its midnight in UTC. */
const time = z
  .pipe(
    z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: 'must be a time such as 2026-11-24T03:00:00Z or a date such as 2026-11-24',
    }),
    z.transform((text) => Date.parse(text)),
  )
  .check(
    z.refine((at) => at >= EARLIEST && at <= LATEST, { error: 'must lie between the years 1970 and 2200' }),
  );

const filter = z
  .string()
  .check(z.minLength(1, { error: 'must not be empty' }), z.maxLength(1_024, { error: 'is too long' }));

function createLimit({ usual, most }: { usual: number; most: number }) {
  const error = `must be a whole number from 1 to ${most}`;
  const number = z.pipe(z.string().check(z.regex(/^\d{1,4}$/, { error })), z.transform(Number));
  return z._default(
    z.pipe(number, z.number().check(z.minimum(1, { error }), z.maximum(most, { error }))),
    usual,
  );
}

/** The query string of GET /incidents. */
const QuerySchema = z.strictObject({
  status: z.optional(z.enum(['open', 'resolved'], { error: 'must be open or resolved' })),
  alertname: z.optional(filter),
  severity: z.optional(z.enum(severities, { error: `must be one of ${severities.join(', ')}` })),
  source: z.optional(filter),
  category: z.optional(filter),
  from: z.optional(time),
  to: z.optional(time),
  limit: createLimit(LIMITS.listing),
  cursor: z.optional(z.string()),
});

const schemas = {
  listing: QuerySchema,
  export: z.extend(QuerySchema, { limit: createLimit(LIMITS.export) }),
};

type Parameters = Readonly<Record<string, string | undefined>>;

export type QueryReading =
  | { kind: 'ok'; query: IncidentQuery }
  /** `path` is the invalid parameter, `reason` one sentence that names it. */
  | { kind: 'refused'; path: string; reason: string };

/**
 * Reads the parameters of a listing. Without `from` the range is the 30 days before `to`. A listing of open
 * incidents covers all time, because one open for long must not be missing. With a cursor the range begins
 * where the first page's did.
 */
export function readIncidentQuery(
  parameters: Parameters,
  now: Millis,
  { key, categories }: { key: SigningKey; categories: readonly string[] },
  answer: keyof typeof schemas = 'listing',
): QueryReading {
  const parsed = schemas[answer].safeParse(parameters);
  if (!parsed.success) return refuseInvalid(parsed.error, parameters);
  // A misspelled category would give an empty page, as if all were well.
  const { category: asked } = parsed.data;
  if (asked !== undefined && !categories.includes(asked)) {
    const reason = `category must be one of ${categories.join(', ')}, not ${JSON.stringify(shorten(asked))}.`;
    return { kind: 'refused', path: 'category', reason };
  }

  const { cursor, status, alertname, severity, source, category, limit, ...range } = parsed.data;
  const filters = {
    status,
    alertname,
    severity,
    source,
    category,
  };
  const position = cursor === undefined ? undefined : readCursor(cursor, filters, key);
  if (position?.kind === 'refused') return { kind: 'refused', path: 'cursor', reason: position.reason };
  if (position && range.from !== undefined && range.from !== position.from) {
    const reason =
      'cursor belongs to a listing with another from; keep it, or begin again without the cursor.';
    return { kind: 'refused', path: 'cursor', reason };
  }

  // Includes what opened in this very moment.
  const to = range.to ?? now + 1;
  const earliest = status === 'open' ? 0 : Math.max(0, to - DEFAULT_RANGE);
  const from = position?.from ?? range.from ?? earliest;
  if (from >= to) return { kind: 'refused', path: 'from', reason: 'from must be earlier than to.' };
  return { kind: 'ok', query: { ...filters, from, to, limit, ...(position && { after: position.after }) } };
}

function refuseInvalid(error: z.core.$ZodError, parameters: Parameters): QueryReading {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const path = shorten(issue.keys[0] ?? '');
    const known = Object.keys(QuerySchema.shape).join(', ');
    return {
      kind: 'refused',
      path,
      reason: `${path} is not a parameter of this listing; there are ${known}.`,
    };
  }
  const path = String(issue?.path[0] ?? '');
  const value = parameters[path];
  const given = value === undefined || value === '' ? '' : `, not ${JSON.stringify(shorten(value))}`;
  return { kind: 'refused', path, reason: `${path} ${issue?.message ?? 'cannot be read'}${given}.` };
}

/** As much of a value as helps its author find it. */
function shorten(text: string): string {
  return clip(text, 41);
}
