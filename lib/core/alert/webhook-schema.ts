import * as z from 'zod/mini';
import { catch as orElse } from 'zod/mini';

/**
 * The fields of Alertmanager's webhook, version 4, that are used. Unknown fields are ignored, because
 * additions never bump the version: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 *
 * Other senders are less exact. An invalid field gets its default, unless the alert cannot be identified
 * without it (docs/adr/0019-clocks-of-others.md).
 */

/** Continues the sentence that the field's path begins. */
function must(be: string) {
  return {
    error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : `must be ${be}`),
  };
}

/** Larger counts are clamped: they tell people nothing more. */
const MAX_TRUNCATED = 1_000_000;

const optionalText = orElse(z.string(), '');

export const webhookSchema = z.object(
  {
    receiver: optionalText,
    externalURL: optionalText,
    groupKey: optionalText,
    status: z.optional(z.unknown()),
    /** Only Grafana sends it: the organisation that the alerts belong to. */
    orgId: z.optional(z.unknown()),
    truncatedAlerts: orElse(z.pipe(z.unknown(), z.transform(readCount)), 0),
    alerts: z.array(z.unknown(), must('a list')),
  },
  must('a JSON object'),
);

/** One alert; validated alone, so that a bad one never rejects its neighbours. */
export const webhookAlertSchema = z.object(
  {
    status: z.optional(z.unknown()),
    labels: z.pipe(z.custom(isObject, must('an object of strings')), z.transform(toTexts)),
    annotations: z.pipe(z.optional(z.unknown()), z.transform(toTexts)),
    startsAt: z.optional(z.unknown()),
    endsAt: z.optional(z.unknown()),
    generatorURL: optionalText,
    /** Absent before Alertmanager 0.18. */
    fingerprint: optionalText,
    /** Only Grafana sends these three; empty where there is no such page. */
    silenceURL: optionalText,
    dashboardURL: optionalText,
    panelURL: optionalText,
  },
  must('a JSON object'),
);

export type WebhookAlert = z.infer<typeof webhookAlertSchema>;

/** An invalid count never rejects the webhook: it means that nothing was cut off. */
function readCount(value: unknown): number {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && count > 0 ? Math.min(Math.ceil(count), MAX_TRUNCATED) : 0;
}

/**
 * Entries as text. Drops nulls and entries without a name; DynamoDB refuses empty names. `__proto__` counts
 * as a label when alerts are identified, but the table does not store it.
 */
function toTexts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]): [string, string][] =>
      entry === null || name === '' ? [] : [[name, toText(entry)]],
    ),
  );
}

/** The JSON text of a value that is not text: `5432`. JSON can be parsed deeper than it can be written. */
function toText(value: unknown): string {
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
