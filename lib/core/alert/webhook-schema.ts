import * as z from 'zod/mini';
import { catch as orElse } from 'zod/mini';

/**
 * What Alertmanager's webhook posts, version 4, only the fields used. Unknown fields are ignored, because additive
 * fields never bump the version: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 * Other senders write it less well. A field never costs an alert that can be told apart without it: when the field
 * is not as expected, its default stands in (docs/adr/0019-clocks-of-others.md).
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
    status: z.optional(z.unknown()),
    truncatedAlerts: orElse(z.pipe(z.unknown(), z.transform(countOf)), 0),
    alerts: z.array(z.unknown(), must('a list')),
  },
  must('a JSON object'),
);

/** One alert; checked by itself, so that a bad one never rejects its neighbours. */
export const webhookAlertSchema = z.object(
  {
    status: z.optional(z.unknown()),
    labels: z.pipe(z.custom(isObject, must('an object of strings')), z.transform(textsOf)),
    annotations: z.pipe(z.optional(z.unknown()), z.transform(textsOf)),
    startsAt: z.optional(z.unknown()),
    endsAt: z.optional(z.unknown()),
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

/**
 * Entries as text. Left out are nulls, and entries without a name, which DynamoDB refuses. A label called `__proto__` is
 * one like any other here, where alerts are told apart; the table does not keep it.
 */
function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]): [string, string][] =>
      entry === null || name === '' ? [] : [[name, textOf(entry)]],
    ),
  );
}

/** The JSON text of a value that is no text: `5432`. JSON can be read deeper than it can be written. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return '(nested too deeply)';
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
