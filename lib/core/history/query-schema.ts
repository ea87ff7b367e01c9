import * as z from 'zod';
import { severities } from '../shared/severity.ts';
import { DAY, type Millis } from '../shared/time.ts';
import { readCursor } from './cursor.ts';
import type { IncidentQuery } from './history.ts';

/** How many incidents one answer holds when nothing is asked for, and at most. */
const LIMITS = { listing: { usual: 50, most: 200 }, export: { usual: 1_000, most: 1_000 } };

const DEFAULT_RANGE = 30 * DAY;

/** ISO 8601 with an offset, or a date, which is its midnight in UTC. */
const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time such as 2026-11-24T03:00:00Z or a date such as 2026-11-24',
  })
  .transform((text) => Date.parse(text));

const filter = z.string().min(1, { error: 'must not be empty' }).max(1_024, { error: 'is too long' });

function limit({ usual, most }: { usual: number; most: number }) {
  const error = `must be a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(/^\d{1,4}$/, { error })
    .transform(Number)
    .pipe(z.number().min(1, { error }).max(most, { error }))
    .default(usual);
}

/** The query string of GET /incidents. */
const QuerySchema = z.strictObject({
  status: z.enum(['open', 'resolved'], { error: 'must be open or resolved' }).optional(),
  alertname: filter.optional(),
  severity: z.enum(severities, { error: `must be one of ${severities.join(', ')}` }).optional(),
  source: filter.optional(),
  from: time.optional(),
  to: time.optional(),
  limit: limit(LIMITS.listing),
  cursor: z.string().optional(),
});

const schemas = { listing: QuerySchema, export: QuerySchema.extend({ limit: limit(LIMITS.export) }) };

export type QueryReading =
  | { kind: 'ok'; query: IncidentQuery }
  /** `path` is the parameter at fault, `reason` one sentence that names it. */
  | { kind: 'refused'; path: string; reason: string };

/**
 * Reads the parameters of a listing. Without `from` it covers the 30 days before `to`, or, of open incidents, all
 * time: one that has been open for long is the last that should be left out.
 */
export function readIncidentQuery(
  parameters: Record<string, string | undefined>,
  now: Millis,
  answer: keyof typeof schemas = 'listing',
): QueryReading {
  const parsed = schemas[answer].safeParse(parameters);
  if (!parsed.success) return refusal(parsed.error);

  const { cursor, status, alertname, severity, source, limit, ...range } = parsed.data;
  // What opened in this very moment is still listed.
  const to = range.to ?? now + 1;
  const from = range.from ?? (status === 'open' ? 0 : Math.max(0, to - DEFAULT_RANGE));
  if (from >= to) return { kind: 'refused', path: 'from', reason: 'from must be earlier than to.' };

  const query: IncidentQuery = {
    from,
    to,
    limit,
    ...(status === undefined ? {} : { status }),
    ...(alertname === undefined ? {} : { alertname }),
    ...(severity === undefined ? {} : { severity }),
    ...(source === undefined ? {} : { source }),
  };
  if (cursor === undefined) return { kind: 'ok', query };
  const position = readCursor(cursor, query);
  if (position.kind === 'refused') return { kind: 'refused', path: 'cursor', reason: position.reason };
  return { kind: 'ok', query: { ...query, after: position.after } };
}

function refusal(error: z.ZodError): QueryReading {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const path = issue.keys[0] ?? '';
    return { kind: 'refused', path, reason: `${path} is not a parameter of this listing.` };
  }
  const path = String(issue?.path[0] ?? '');
  return { kind: 'refused', path, reason: `${path} ${issue?.message ?? 'cannot be read'}.` };
}
