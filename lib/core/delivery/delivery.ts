import type { NoticeReason, UserAction } from '../incident/effect.ts';
import type { BaseSubject } from '../notice/email/email-subject.ts';
import type { Target } from '../routing/route-notice.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';
import type { Claimed } from './claim.ts';
import type { BookedSlot } from './rate-limit.ts';

/** Body of a message on the deliver queue. It carries ids; the notice is rendered from current state. */
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
  /** A user action, to be kept in the thread whatever else is shown by then. */
  userAction?: UserAction;
  unverified?: string;
  /** Why nobody is notified: the reason given by a maintenance that covers the incident. */
  muted?: string;
  target: Target;
  /** Set when the message comes here because another destination does not accept it. */
  failover?: Failover;
  /** Set when this is no notice but the details, to be posted in the root's thread. */
  details?: true;
  /** Set when it waits until a fault of the configuration is mended, in the way of nothing else. */
  setAside?: true;
  /** Set when this is no notice but the watch over a storm's digest at the target. */
  storm?: { startedAt: Millis };
  /** Grows with every deliberate re-send, because SQS drops duplicates for five minutes. */
  attempt: number;
};

/** The other body on the deliver queue: what fired during a maintenance that is over, for one target. */
export type SummaryMessage = {
  schema: 1;
  kind: 'maintenance-summary';
  key: string;
  /** Takes the place of an incident's id, so that the target's record is kept in the same way. */
  incidentId: string;
  maintenanceId: string;
  target: Target;
  attempt: number;
};

/** Why a notice goes to another destination, or to the same one again. */
export type Failover = {
  /** The destination that has not accepted it. */
  destination: string;
  /** One sentence for people. */
  why: string;
  /** A channel failure not yet reported. It is news even where the notice itself is known. */
  news?: ChannelFailure;
};

/** Pages that a late page has covered: decided after `from`, up to `seq`, calling only people in `called`. */
type CaughtUp = { from: number; seq: number; called: string[] };

/** What a destination has received so far for one incident. */
export type DestinationRecord = Claimed & {
  destination: string;
  /** Slack's channel id and the root message's timestamp; for mail the Message-ID of the first mail. */
  channelId?: string;
  rootTs?: string;
  /** Roots in whose place another stands, because their threads take no reply. The end is shown in them too. */
  earlierRoots?: MessageRef[];
  /** Highest version shown there, and highest version that interrupted people there. */
  lastSeq: number;
  lastPingSeq: number;
  /** Highest tier called there. */
  lastTier: number;
  /** Version of the resolve shown there, 0 when none. */
  resolvedSeq: number;
  /** Highest version whose user action is in the thread there. Absent: no user action. */
  lastUserActionSeq?: number;
  /** Time of the latest user action shown there. Absent as well in items of the previous version. */
  lastUserActionAt?: Millis;
  /** Whether the last message there said that it fires. Absent: no message yet. */
  lastShownFiring?: boolean;
  /** The storm whose digest shows the incident there, and the version in the digest. */
  digest?: { startedAt: Millis; seq: number };
  /** Why the last notice was not accepted there; shown at the destinations that work. */
  failure?: string;
  /** Whether that is a trouble of its whole channel, which another place of the channel disproves by what it tells. */
  wholeChannel?: true;
  /** Highest tier for which another channel has been asked to tell it instead. */
  failoverTier?: number;
  /** Keys of the latest messages that came there by failover. */
  failedOverKeys?: string[];
  /** A mail accepted for some recipients only: which version, and for whom. */
  acceptedFor?: { seq: number; to: string[] };
  /** The pages that the last late page has covered. */
  caughtUp?: CaughtUp;
  /** Timestamp of the root that has its details in the thread. */
  detailsTs?: string;
  /** Slots booked by messages for it and not used yet. */
  slots?: BookedSlot[];
  /** How the subject of the first mail there ended; later subjects end the same way. */
  baseSubject?: BaseSubject;
};

/** Why a send failed. A closed list, so that it can become a metric label. */
export type FailureReason =
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'not_found'
  | 'unauthorized'
  | 'rejected'
  | 'not_configured';

/** The channel's reference to a message, for editing it or replying to it. */
export type MessageRef = { channelId: string; ts: string };

/** Expected outcomes of a send are values. `retryAfterMs` is the server's own request. */
export type SendOutcome =
  /** `refused`: accepted, but not for every recipient. */
  | { kind: 'delivered'; ref?: MessageRef; refused?: string }
  | {
      kind: 'retryable';
      reason: FailureReason;
      detail: string;
      retryAfterMs?: number;
      /** The server was never called, because other messages have the slot. */
      unasked?: true;
      /** The message may have arrived and a retry would repeat it: only the answer is missing. */
      mayHaveArrived?: true;
      /** Slots booked for the message, for its next attempt. */
      slots?: BookedSlot[];
      /** Recipients for whom the mail was accepted all the same. */
      taken?: string[];
    }
  /**
   * The message is fine; a token, a channel, an address or a variable is wrong until somebody corrects it.
   */
  | { kind: 'misconfigured'; reason: FailureReason; detail: string }
  /** This message will never be accepted. */
  | { kind: 'permanent'; reason: FailureReason; detail: string };

/** Whether the message only waits for others that go first. */
export function isRateLimited(outcome: SendOutcome): boolean {
  return outcome.kind === 'retryable' && outcome.reason === 'rate_limited' && outcome.unasked === true;
}

/** The outcome for a channel that is not configured; `detail` names the missing setting. */
export function createNotConfigured(detail: string): Extract<SendOutcome, { kind: 'misconfigured' }> {
  return { kind: 'misconfigured', reason: 'not_configured', detail };
}

/** Whether the message to edit or answer, or its channel, no longer exists or takes no edit or answer. */
export function isMissing(outcome: SendOutcome): boolean {
  return outcome.kind !== 'delivered' && outcome.kind !== 'retryable' && outcome.reason === 'not_found';
}

/** One notice to one target with its outcome, as the history shows it. */
export type DeliveryRecord = {
  key: string;
  destination: string;
  seq: number;
  reason: NoticeReason;
  ping: boolean;
  tier: Tier;
  at: Millis;
  /** `digest`: shown as a line of a storm's digest. */
  outcome: 'delivered' | 'digest' | 'superseded' | 'failed' | 'retrying';
  detail?: string;
  attempts: number;
  ref?: MessageRef;
};

/** A destination that does not accept notices, for one reason. */
export type ChannelFailure = { destination: string; reason: string };
