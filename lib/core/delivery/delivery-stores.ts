import type { Millis } from '../shared/time.ts';
import type { Claim, Holder } from './claim.ts';
import type { ChannelFailure, DeliveryRecord, DestinationRecord } from './delivery.ts';

export type FailingDestination = Required<Pick<DestinationRecord, 'destination' | 'failure'>> &
  Pick<DestinationRecord, 'wholeChannel'>;

export interface DestinationStore {
  /** Consistent read; a destination never told anything has zeros. */
  read(incidentId: string, destination: string): Promise<DestinationRecord>;
  /** Destinations of the incident that do not take its notices, and why. */
  failing(incidentId: string): Promise<FailingDestination[]>;
  /** As ClaimedItem's. */
  claim(incidentId: string, destination: string, claim: Claim): Promise<DestinationRecord | undefined>;
  save(incidentId: string, record: DestinationRecord, holder: Holder): Promise<boolean>;
  /** Idempotent by `record.key`. */
  saveDelivery(incidentId: string, record: DeliveryRecord): Promise<void>;
}

/** Which troubles people know of, so that many incidents do not tell them of the same one. */
export interface FailureReportStore {
  /** Whether the bearer of `key` is to tell it: it was not told since, or by the same bearer, whose process died. */
  claimReport(channelFailure: ChannelFailure, key: string, now: Millis, since: Millis): Promise<boolean>;
  /** It could not be told after all. */
  releaseReport(channelFailure: ChannelFailure, key: string): Promise<void>;
}

/** What a run asks for: a turn now, or one that begins before `reach` has passed. */
export type SlotRequest = {
  now: Millis;
  /** Between one turn and the next. */
  spacing: Millis;
  /** How far ahead the turn may lie. */
  bookingWindow: Millis;
};

/**
 * `at`: when the turn begins, never before `now`. `busy`: none within reach; the next free one begins at `until`;
 * `held` when the server wants it so.
 */
export type Slot =
  | { kind: 'turn'; at: Millis; blocked?: true }
  | { kind: 'busy'; until: Millis; blocked: boolean };

/** When each channel may be asked next, shared by all runs. A lane is one limit of the server: a channel, a method. */
export interface RateLimitStore {
  /** Takes a turn; no two runs get turns closer than `spacing`, and none before the end of a hold. */
  book(bucket: string, request: SlotRequest): Promise<Slot>;
  /** The server wants to be left alone until then: nobody gets a turn before. Never shortens a longer wish. */
  block(bucket: string, until: Millis): Promise<void>;
  /** Until when the lane is held, 0 when it never was: for a run that waited for its turn. */
  blockedUntil(bucket: string): Promise<Millis>;
}
