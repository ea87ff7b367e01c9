import * as z from 'zod';
import { RequestError } from './request-error.ts';
import { safeLine } from './safe-text.ts';

// The parts of the API's answers that are shown. Additions of a newer first-responder are ignored.

const count = z.number();
const time = z.string();

export const incidentSchema = z.object({
  id: z.string(),
  source: z.string(),
  alertname: z.string(),
  group: z.record(z.string(), z.string()),
  status: z.enum(['open', 'resolved']),
  severity: z.string(),
  category: z.string().optional(),
  openedAt: time,
  resolvedAt: time.optional(),
  acknowledgedAt: time.optional(),
  acknowledgedBy: z.string().optional(),
  firing: count,
  total: count,
  tier: count,
});

export type ShownIncident = z.output<typeof incidentSchema>;

export const pageSchema = z.object({ incidents: z.array(incidentSchema), cursor: z.string().optional() });

export const changeSchema = z.object({
  outcome: z.enum(['changed', 'unchanged']),
  incident: incidentSchema,
});

const findingSchema = z.object({ title: z.string(), verdict: z.string(), sentence: z.string() });

export const recordSchema = z.object({
  incident: incidentSchema.extend({
    version: count,
    acknowledgementNote: z.string().optional(),
    resolvedBy: z.string().optional(),
    flapping: z.boolean().optional(),
    untracked: count.default(0),
    truncated: z.boolean().optional(),
  }),
  /** Absent if nobody has written one. */
  runbook: z.object({ summary: z.string(), impact: z.string() }).optional(),
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      status: z.string(),
      severity: z.string(),
      unknownSeverity: z.string().optional(),
      startsAt: time,
      labels: z.record(z.string(), z.string()).optional(),
    }),
  ),
  diagnoses: z.array(
    z.object({ finishedAt: time, findings: z.array(findingSchema), skipped: z.string().optional() }),
  ),
  timeline: z.array(
    z.object({
      at: time,
      kind: z.string().optional(),
      what: z.string(),
      summary: z.string(),
      by: z.string().optional(),
      note: z.string().optional(),
    }),
  ),
  deliveries: z.array(
    z.object({
      at: time,
      destination: z.string(),
      reason: z.string(),
      outcome: z.string(),
      detail: z.string().optional(),
    }),
  ),
  /** Number of further ones of each. */
  leftOut: z
    .object({
      alerts: count.optional(),
      timeline: count.optional(),
      deliveries: count.optional(),
    })
    .default({}),
});

export type IncidentRecord = z.output<typeof recordSchema>;

const durationsSchema = z.object({
  medianSeconds: z.number().optional(),
  p90Seconds: z.number().optional(),
  counted: count,
  leftOut: count,
});

export type Durations = z.output<typeof durationsSchema>;

export const statsSchema = z.object({
  from: time,
  to: time,
  tz: z.string(),
  asOf: time,
  incidents: count,
  open: count,
  byDay: z.array(
    z.object({
      day: z.string(),
      incidents: count,
      critical: count,
      warning: count,
      info: count,
      mtta: durationsSchema,
      mttr: durationsSchema,
    }),
  ),
  byCategory: z.array(z.object({ category: z.string(), incidents: count })),
  byAlertname: z.array(z.object({ alertname: z.string(), incidents: count, alerts: count })),
  otherAlertnames: count,
  mtta: durationsSchema,
  mttr: durationsSchema,
  neverAcknowledged: count,
  flapping: count,
  notices: z.array(
    // Without people there is no rate.
    z.object({ tier: count, notices: count, people: count, perPersonHour: count.optional() }),
  ),
  diagnoses: z.object({ count, neededAttention: count }),
});

export type Stats = z.output<typeof statsSchema>;

export const deadLettersSchema = z.object({
  count,
  letters: z.array(
    z.object({
      incidentId: z.string(),
      destination: z.string(),
      reason: z.string(),
      at: time,
      attempt: count,
    }),
  ),
});

export const redriveSchema = z.object({ redriven: count, remaining: count });

/** A validated answer. Throws a RequestError for an answer that this command does not know. */
export function readAnswer<T extends z.ZodType>(schema: T, answer: unknown): z.output<T> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const path = safeLine(read.error.issues[0]?.path.map(String).join('.') ?? '') || 'the answer';
  throw new RequestError(
    3,
    `The answer is not one of first-responder, or of another version: ${path} is not as expected.`,
  );
}
