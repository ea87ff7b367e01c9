import type { NoticeReason, UserAction } from '../incident/effect.ts';
import type { BaseSubject } from '../notice/email/email-subject.ts';
import type { Target } from '../routing/route-notice.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';
import type { Claimed } from './claim.ts';
import type { BookedSlot } from './rate-limit.ts';

/** Body of a message on the deliver queue. It carries ids, never text: the notice is rendered from current state. */
export type DeliverMessage = {
  schema: 1;
  /** Hash of effect id and destination: the idempotency key. */
  key: string;
  incidentId: string;
  effectId: string;
  seq: number;
  reason: NoticeReason;
  ping: boolean;
  tier: Tier;
  tiers: Tier[];
  /** When the effect was decided. */
  at: Millis;
  /** The effect's sentence for people. */
  summary: string;
  /** What a person did, to stand in the thread whatever else is shown by then. */
  userAction?: UserAction;
  unverified?: string;
  /** Why nobody is to hear of it: the words of a maintenance that covers it. */
  muted?: string;
  target: Target;
  /** Set when it is told here because another destination does not take it. */
  failover?: Failover;
  /** Set when this is no notice but what its root had no room for, to stand under it. */
  details?: true;
  /** Set when it waits until a fault of the configuration is mended, in the way of nothing else. */
  setAside?: true;
  /** Set when this is no notice but the watch over a storm's digest at the target. */
  storm?: { startedAt: Millis };
  /** Grows with every deliberate re-send, because SQS swallows duplicates for five minutes. */
  attempt: number;
};

/** The other body on the deliver queue: what fired in a maintenance that is over, for one target. */
export type SummaryMessage = {
  schema: 1;
  kind: 'maintenance-summary';
  key: string;
  /** Stands where an incident's id stands, so that what a target was told is kept in the same way. */
  incidentId: string;
  maintenanceId: string;
  target: Target;
  attempt: number;
};

/** Why a notice goes where it would not have gone, or goes there once more. */
export type Failover = {
  /** Which destination has not taken it. */
  destination: string;
  /** One sentence for people. */
  why: string;
  /** The trouble that people have not been told of yet: it is news even where the notice itself is known. */
  news?: ChannelFailure;
};

/** Pages that a late one has told as well: those decided after `from`, up to `seq`, for as far as they call these. */
type CaughtUp = { from: number; seq: number; called: string[] };

/** What a target has been told so far for one incident. */
export type DestinationRecord = Claimed & {
  destination: string;
  /** Slack's channel id and the root message's timestamp; for mail the Message-ID of the first mail. */
  channelId?: string;
  rootTs?: string;
  /** Highest version rendered there, and highest version that interrupted people there. */
  lastSeq: number;
  lastPingSeq: number;
  /** Highest tier told there. */
  lastTier: number;
  /** Version of the resolve told there, 0 when none. */
  resolvedSeq: number;
  /** Highest version in which a person did what stands in the thread there. Absent: nobody has done anything. */
  lastUserActionSeq?: number;
  /** When the latest of what people did was done that was told there. Absent as well in items of the version before. */
  lastUserActionAt?: Millis;
  /** Whether the last thing people heard there was that it fires. Absent: they have heard nothing. */
  lastShownFiring?: boolean;
  /** The storm whose digest speaks for it there, and the version that went into it. */
  digest?: { startedAt: Millis; seq: number };
  /** Why the last notice was not taken there, for the destinations that work. */
  failure?: string;
  /** Whether that is a trouble of its whole channel, which another place of the channel disproves by what it tells. */
  wholeChannel?: true;
  /** Highest tier for which another channel has been asked to tell it instead. */
  failoverTier?: number;
  /** Keys of the latest messages told there instead of elsewhere. */
  failedOverKeys?: string[];
  /** Of a mail that was taken for some: which version, and by whom. */
  acceptedFor?: { seq: number; to: string[] };
  /** What the last late page has told as well. */
  caughtUp?: CaughtUp;
  /** Timestamp of the root under which the details stand that it had no room for. */
  detailsTs?: string;
  /** Slots that messages for it have booked and not used yet. */
  slots?: BookedSlot[];
  /** What the subject of the first mail there ended with: later ones end with the same words. */
  baseSubject?: BaseSubject;
};

/** Why a send failed, closed so that it can become a metric label. */
export type FailureReason =
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'not_found'
  | 'unauthorized'
  | 'rejected'
  | 'not_configured';

/** The reference a channel gives back, to edit or to answer the message later. */
export type MessageRef = { channelId: string; ts: string };

/** Expected outcomes of a send are values. `retryAfterMs` is the server's own wish. */
export type SendOutcome =
  /** `refused`: it was taken, but not for everybody. */
  | { kind: 'delivered'; ref?: MessageRef; refused?: string }
  | {
      kind: 'retryable';
      reason: FailureReason;
      detail: string;
      retryAfterMs?: number;
      /** It was never asked, because others have the turn. */
      unasked?: true;
      /** People may have it all the same, in a message that they would get once more: only the answer is missing. */
      mayHaveArrived?: true;
      /** Slots that were booked for it, to be used when the message comes again. */
      slots?: BookedSlot[];
      /** Recipients for whom a mail was taken all the same. */
      taken?: string[];
    }
  /** Nothing is wrong with the message: a token, a channel, an address or a variable is, until somebody mends it. */
  | { kind: 'misconfigured'; reason: FailureReason; detail: string }
  /** This message will never be taken, whoever sends it. */
  | { kind: 'permanent'; reason: FailureReason; detail: string };

/** Whether other messages go first, and nothing else is the matter. */
export function isRateLimited(outcome: SendOutcome): boolean {
  return outcome.kind === 'retryable' && outcome.reason === 'rate_limited' && outcome.unasked === true;
}

/** That a channel has no configuration; `detail` names what is not set. */
export function createNotConfigured(detail: string): Extract<SendOutcome, { kind: 'misconfigured' }> {
  return { kind: 'misconfigured', reason: 'not_configured', detail };
}

/** What is not there: the message that was to be edited or answered, or the channel that it was in. */
export function isGone(outcome: SendOutcome): boolean {
  return outcome.kind !== 'delivered' && outcome.kind !== 'retryable' && outcome.reason === 'not_found';
}

/** One notice to one target, with its outcome; history shows it. */
export type DeliveryRecord = {
  key: string;
  destination: string;
  seq: number;
  reason: NoticeReason;
  ping: boolean;
  tier: Tier;
  at: Millis;
  /** `digest`: people see it as a line of a storm's digest. */
  outcome: 'delivered' | 'digest' | 'superseded' | 'failed' | 'retrying';
  detail?: string;
  attempts: number;
  ref?: MessageRef;
};

/** A destination that does not take notices, for one reason. */
export type ChannelFailure = { destination: string; reason: string };
