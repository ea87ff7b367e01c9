import * as z from 'zod/mini';
import { type QueueMessage, readQueueMessage } from '../shared/queue-message.ts';
import { noticeReasons } from './effect.ts';

const texts = z.record(z.string(), z.string());
const tier = z.literal([1, 2, 3]);

/** A silence in Alertmanager: its end, and how many of the alerts that fired at that time it covers. */
const madeSilence = z.object({ until: z.number(), covered: z.int(), firing: z.int() });

/** What a person did, for readers of the incident's history. */
const userAction = z.object({
  by: z.string(),
  note: z.exactOptional(z.string()),
  silence: z.exactOptional(madeSilence),
});

const flappingOver = z.object({ reopens: z.int() });

/**
 * The first fingerprints that started and stopped firing in one transition. `more` counts the others; the
 * incident still holds their latest start and end.
 */
const alertMoves = z.object({ began: z.array(z.string()), ended: z.array(z.string()), more: z.int() });

/** The part of an effect that its notice needs: everything but what the history has by then. */
export const noticeEffectSchema = z.object({
  /** `{incidentId}:{seq}`, unique because every version is written once. */
  id: z.string(),
  /** The incident's version in which this effect was decided. */
  seq: z.int(),
  at: z.number(),
  reason: z.enum(noticeReasons),
  /** Whether to interrupt people (mention, mail) or to edit a message quietly. */
  ping: z.boolean(),
  /** Highest tier this notice is for. */
  tier,
  /** Every tier whose contacts it addresses: several when a late tick passed over tiers. */
  tiers: z.array(tier),
  /** One sentence for the timeline, in plain words, without label values. */
  summary: z.string(),
  /** What a person did, if a person did it. */
  userAction: z.exactOptional(userAction),
  /** The flapping ended by itself (docs/rules.md#rule-6): how often the incident had fired again. */
  flappingOver: z.exactOptional(flappingOver),
  /** Why Alertmanager could not confirm that the alerts still fire; absent if it could. */
  unverified: z.exactOptional(z.string()),
});

const effect = z.extend(noticeEffectSchema, {
  /** `notify` sends a notice; `record` only writes history. */
  kind: z.enum(['notify', 'record']),
  /**
   * Details of new alerts and changed texts, limited in bytes. The consumer stores them outside the incident
   * item.
   */
  details: z.array(
    z.object({
      fingerprint: z.string(),
      labels: texts,
      annotations: texts,
      generatorURL: z.string(),
      startsAt: z.number(),
      unknownSeverity: z.exactOptional(z.string()),
      silenceURL: z.exactOptional(z.string()),
      dashboardURL: z.exactOptional(z.string()),
      panelURL: z.exactOptional(z.string()),
    }),
  ),
  /** Alerts that started or stopped firing; absent when none did. */
  moves: z.exactOptional(alertMoves),
});

const diagnoseMessage = z.object({ schema: z.literal(1), incidentId: z.string(), effect });

export type MadeSilence = z.infer<typeof madeSilence>;
export type UserAction = z.infer<typeof userAction>;
export type AlertMoves = z.infer<typeof alertMoves>;
export type NoticeEffect = z.infer<typeof noticeEffectSchema>;

/**
 * Something that the state machine decided must happen. The incident keeps it until it is published (outbox).
 * Its id makes every later step idempotent.
 */
export type Effect = z.infer<typeof effect>;

/** Body of a message on the diagnose queue. */
export type DiagnoseMessage = z.infer<typeof diagnoseMessage>;

/** Reads a body of the diagnose queue. */
export function readDiagnoseMessage(body: string): QueueMessage<DiagnoseMessage> {
  return readQueueMessage(body, diagnoseMessage, 1);
}
