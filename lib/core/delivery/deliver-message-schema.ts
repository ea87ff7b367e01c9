import * as z from 'zod/mini';
import { noticeEffectSchema } from '../incident/effect-schema.ts';
import { type QueueMessage, readQueueMessage } from '../shared/queue-message.ts';

/** As routing's `Target`. */
const target = z.object({
  channel: z.string(),
  destination: z.string(),
  to: z.union([z.string(), z.array(z.string())]),
  mentions: z.exactOptional(z.array(z.string())),
});

/** A destination that does not accept notices, for one reason. */
const channelFailure = z.object({ destination: z.string(), reason: z.string() });

const failover = z.object({
  /** The destination that has not accepted it. */
  destination: z.string(),
  /** One sentence for people. */
  why: z.string(),
  /** A channel failure not yet reported. It is news even where the notice itself is known. */
  news: z.exactOptional(channelFailure),
});

const envelope = {
  schema: z.literal(1),
  /** The idempotency key: a hash of what the message is about and its destination. */
  key: z.string(),
  /** Of a maintenance's summary, what takes the place of an incident's id in the target's record. */
  incidentId: z.string(),
  target,
  /** Grows with every deliberate re-send, because SQS drops duplicates for five minutes. */
  attempt: z.int(),
};

/** It carries ids and what was decided; the notice is rendered from current state. */
const notice = z.object({
  ...envelope,
  kind: z.literal('notice'),
  effect: noticeEffectSchema,
  /** Why nobody is notified: the reason given by a maintenance that covers the incident. */
  muted: z.exactOptional(z.string()),
  /** Set when the message comes here because another destination does not accept it. */
  failover: z.exactOptional(failover),
  /** Set when it waits until a fault of the configuration is mended, in the way of nothing else. */
  setAside: z.exactOptional(z.literal(true)),
});

/** What the incident's message has no room for, to be posted in its thread. */
const details = z.object({ ...envelope, kind: z.literal('details'), effect: noticeEffectSchema });

/** The watch over a storm's digest at the target, which closes it. */
const stormEnd = z.object({ ...envelope, kind: z.literal('storm-end'), startedAt: z.number() });

/** What fired during a maintenance that is over, for one target. */
const summary = z.object({ ...envelope, kind: z.literal('maintenance-summary'), maintenanceId: z.string() });

const deliverMessageSchema = z.discriminatedUnion('kind', [notice, details, stormEnd, summary]);

/** Body of a message on the deliver queue. */
export type DeliverMessage = z.infer<typeof deliverMessageSchema>;
export type NoticeMessage = z.infer<typeof notice>;
export type DetailsMessage = z.infer<typeof details>;
export type StormEndMessage = z.infer<typeof stormEnd>;
export type SummaryMessage = z.infer<typeof summary>;

export type ChannelFailure = z.infer<typeof channelFailure>;

/** Reads a body of the deliver queue. */
export function readDeliverMessage(body: string): QueueMessage<DeliverMessage> {
  return readQueueMessage(body, deliverMessageSchema, 1);
}
