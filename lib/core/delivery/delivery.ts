import type { NoticeReason } from '../incident/effect.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';
import type { Claimed } from './claim.ts';
import type { BookedSlot } from './rate-limit.ts';

/** Pages that a late page has covered: decided after `from`, up to `seq`, calling only people in `called`. */
type CaughtUp = { from: number; seq: number; called: string[] };

/** What a destination has received so far for one incident. */
export type DestinationRecord = Claimed & {
  destination: string;
  /** The incident's message there, where messages can be edited and answered. */
  root?: MessageRef;
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
  /** Time of the latest user action shown there. Absent: none. */
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
  /** The pages that the last late page has covered. */
  caughtUp?: CaughtUp;
  /** The root that has its details in the thread. */
  detailsOf?: MessageRef;
  /** Slots booked by messages for it and not used yet. */
  slots?: BookedSlot[];
  /** What the channel itself remembers of the incident there; only the channel reads it. */
  channelState?: unknown;
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

/** A channel's reference to a message, for editing it or replying to it: its ids of the place and of the message. */
export type MessageRef = { channelId: string; ts: string };

/** `refused`: accepted, but not for every recipient. */
export type Delivered = { kind: 'delivered'; ref?: MessageRef; refused?: string };

/** Expected outcomes of a send are values. `retryAfterMs` is the server's own request. */
export type SendOutcome =
  | Delivered
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

/** A failed send, of any kind. */
export type SendFailure = Exclude<SendOutcome, Delivered>;

/** Whether two references are to one message. */
export function isSameMessage(one: MessageRef | undefined, other: MessageRef | undefined): boolean {
  return one?.ts === other?.ts && one?.channelId === other?.channelId;
}

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

/** The record of a destination that never received anything. */
export function createDestinationRecord(destination: string): DestinationRecord {
  return { destination, lastSeq: 0, lastPingSeq: 0, lastTier: 0, resolvedSeq: 0, claimUntil: 0 };
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
