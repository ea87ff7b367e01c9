import * as z from 'zod/mini';
import { catch as orElse } from 'zod/mini';

/**
 * What Alertmanager's webhook posts, version 4, only the fields used. Unknown fields are ignored, because additive
 * fields never bump the version: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 * A field that an alert can do without never costs that alert: when it is not as expected, its default stands in.
 */

/** Ends the sentence that the field's path begins. */
function must(be: string) {
  return {
    error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : `must be ${be}`),
  };
}

/** More are not counted: people read no difference. */
const MAX_TRUNCATED = 1_000_000;

const optionalText = orElse(z.string(), '');

export const webhookSchema = z.object(
  {
    receiver: optionalText,
    externalURL: optionalText,
    groupKey: optionalText,
    truncatedAlerts: orElse(z.pipe(z.unknown(), z.transform(countOf)), 0),
    alerts: z.array(z.unknown(), must('a list')),
  },
  must('a JSON object'),
);

/** One alert; checked by itself, so that a bad one never rejects its neighbours. */
export const webhookAlertSchema = z.object(
  {
    status: z.enum(['firing', 'resolved'], must('"firing" or "resolved"')),
    labels: z.record(z.string(), z.string(must('a string')), must('an object of strings')),
    annotations: z.optional(z.pipe(z.unknown(), z.transform(textsOf))),
    startsAt: z.string(must('a time')),
    endsAt: orElse(z.optional(z.string()), undefined),
    generatorURL: optionalText,
    /** Absent before Alertmanager 0.18. */
    fingerprint: optionalText,
  },
  must('a JSON object'),
);

export type WebhookAlert = z.infer<typeof webhookAlertSchema>;

/** Whatever stands there never costs the delivery: what is not a number above 0 cut nothing off. */
function countOf(value: unknown): number {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && count > 0 ? Math.min(Math.ceil(count), MAX_TRUNCATED) : 0;
}

/** The entries that are text. `__proto__` is left out, as zod leaves it out of the labels. */
function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && entry[0] !== '__proto__';
  return Object.fromEntries(Object.entries(value).filter(isText));
}
