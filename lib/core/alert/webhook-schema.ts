import * as z from 'zod/mini';

/**
 * Alertmanager's webhook, version 4, only the fields used. Unknown fields are ignored, because additive fields
 * never bump the version: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const webhookSchema = z.object({
  receiver: z.catch(z.string(), ''),
  externalURL: z.catch(z.string(), ''),
  truncatedAlerts: z.catch(z.number(), 0),
  alerts: z.array(z.unknown()),
});

const labelSet = z.record(z.string(), z.string());

/** One alert; checked by itself, so that a bad one never rejects its neighbours. */
export const webhookAlertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: labelSet,
  annotations: z._default(z.optional(labelSet), {}),
  startsAt: z.string(),
  endsAt: z.optional(z.string()),
  generatorURL: z.catch(z.string(), ''),
  /** Absent before Alertmanager 0.18. */
  fingerprint: z.optional(z.string()),
});

export type WebhookAlert = z.infer<typeof webhookAlertSchema>;
