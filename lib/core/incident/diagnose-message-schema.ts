import * as z from 'zod/mini';
import { type QueueMessage, readQueueMessage } from '../shared/queue-message.ts';
import { noticeReasons } from './effect.ts';
import type { DiagnoseMessage } from './effect-queue.ts';

const texts = z.record(z.string(), z.string());
const tier = z.literal([1, 2, 3]);

const madeSilenceSchema = z.object({ until: z.number(), covered: z.int(), firing: z.int() });

/** What a person did, in the form that messages carry. */
const userActionSchema = z.object({
  by: z.string(),
  note: z.exactOptional(z.string()),
  silence: z.exactOptional(madeSilenceSchema),
});

/** The part of an effect that its notice needs: everything but the details, which the history has by then. */
export const noticeEffectSchema = z.object({
  id: z.string(),
  seq: z.int(),
  at: z.number(),
  reason: z.enum(noticeReasons),
  ping: z.boolean(),
  tier,
  tiers: z.array(tier),
  summary: z.string(),
  userAction: z.exactOptional(userActionSchema),
  unverified: z.exactOptional(z.string()),
});

export type NoticeEffect = z.infer<typeof noticeEffectSchema>;

const diagnoseMessageSchema = z.object({
  schema: z.literal(1),
  incidentId: z.string(),
  effect: z.object({
    id: z.string(),
    kind: z.enum(['notify', 'record']),
    seq: z.int(),
    at: z.number(),
    reason: z.enum(noticeReasons),
    ping: z.boolean(),
    tier,
    tiers: z.array(tier),
    summary: z.string(),
    by: z.exactOptional(z.string()),
    note: z.exactOptional(z.string()),
    silence: z.exactOptional(madeSilenceSchema),
    unverified: z.exactOptional(z.string()),
    moves: z.exactOptional(
      z.object({ began: z.array(z.string()), ended: z.array(z.string()), more: z.int() }),
    ),
    details: z.array(
      z.object({
        fingerprint: z.string(),
        labels: texts,
        annotations: texts,
        generatorURL: z.string(),
        startsAt: z.number(),
        unknownSeverity: z.exactOptional(z.string()),
      }),
    ),
  }),
});

/** Reads a body of the diagnose queue. */
export function readDiagnoseMessage(body: string): QueueMessage<DiagnoseMessage> {
  return readQueueMessage(body, diagnoseMessageSchema, 1);
}
