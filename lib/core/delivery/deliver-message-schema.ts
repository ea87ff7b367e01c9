import * as z from 'zod/mini';
import { userActionSchema } from '../incident/diagnose-message-schema.ts';
import { noticeReasons } from '../incident/effect.ts';
import { type QueueMessage, readQueueMessage } from '../shared/queue-message.ts';
import type { DeliverMessage, SummaryMessage } from './delivery.ts';

const tier = z.literal([1, 2, 3]);

const target = z.discriminatedUnion('channel', [
  z.object({
    channel: z.literal('slack'),
    destination: z.string(),
    to: z.string(),
    mentions: z.array(z.string()),
  }),
  z.object({ channel: z.literal('email'), destination: z.literal('email'), to: z.array(z.string()) }),
]);

const deliverMessageSchema = z.object({
  schema: z.literal(1),
  key: z.string(),
  incidentId: z.string(),
  effectId: z.string(),
  seq: z.int(),
  reason: z.enum(noticeReasons),
  ping: z.boolean(),
  tier,
  tiers: z.array(tier),
  at: z.number(),
  summary: z.string(),
  userAction: z.exactOptional(userActionSchema),
  unverified: z.exactOptional(z.string()),
  muted: z.exactOptional(z.string()),
  target,
  failover: z.exactOptional(
    z.object({
      destination: z.string(),
      why: z.string(),
      news: z.exactOptional(z.object({ destination: z.string(), reason: z.string() })),
    }),
  ),
  details: z.exactOptional(z.literal(true)),
  setAside: z.exactOptional(z.literal(true)),
  storm: z.exactOptional(z.object({ startedAt: z.number() })),
  attempt: z.int(),
});

const summaryMessageSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('maintenance-summary'),
  key: z.string(),
  incidentId: z.string(),
  maintenanceId: z.string(),
  target,
  attempt: z.int(),
});

/** Reads a body of the deliver queue. */
export function readDeliverMessage(body: string): QueueMessage<DeliverMessage | SummaryMessage> {
  const summary = readQueueMessage(body, summaryMessageSchema, 1);
  return summary.kind === 'message' ? summary : readQueueMessage(body, deliverMessageSchema, 1);
}
