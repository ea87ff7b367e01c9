import type { Millis } from '../shared/time.ts';
import type { Claim, Holder } from './claim.ts';
import type { ChannelFailure } from './deliver-message-schema.ts';
import type { DeliveryRecord, DestinationRecord } from './delivery.ts';

export type FailingDestination = Required<Pick<DestinationRecord, 'destination' | 'failure'>> &
  Pick<DestinationRecord, 'wholeChannel'>;

export interface DestinationStore {
  /** Consistent read; a destination without any notice has zeros. */
  read(incidentId: string, destination: string): Promise<DestinationRecord>;
  /** Destinations of the incident that do not take its notices, and why. */
  failing(incidentId: string): Promise<FailingDestination[]>;
  /** As ClaimedItem's. */
  claim(incidentId: string, destination: string, claim: Claim): Promise<DestinationRecord | undefined>;
  save(incidentId: string, record: DestinationRecord, holder: Holder): Promise<boolean>;
  /** Idempotent by `record.key`. */
  saveDelivery(incidentId: string, record: DeliveryRecord): Promise<void>;
}

/** Which channel failures people know of, so that many incidents do not report the same one. */
export interface FailureReportStore {
  /**
   * Claims the right to report this failure. True if nobody reported it after `since`, or if the same key did
   * and crashed.
   */
  claimReport(channelFailure: ChannelFailure, key: string, now: Millis, since: Millis): Promise<boolean>;
  /** Gives the right back, because the report failed. */
  releaseReport(channelFailure: ChannelFailure, key: string): Promise<void>;
}

/** Asks for a slot that begins within `bookingWindow`. */
export type SlotRequest = {
  now: Millis;
  /** Between one slot and the next. */
  spacing: Millis;
  /** How far ahead the slot may lie. */
  bookingWindow: Millis;
};

/**
 * `at`: when the slot begins, never before `now`. `busy`: no slot within the booking window; the next free
 * one begins at `until`. `blocked`: the server asked for the delay.
 */
export type Slot =
  | { kind: 'slot'; at: Millis; blocked?: true }
  | { kind: 'busy'; until: Millis; blocked: boolean };

/**
 * When each bucket may be used next, shared by all runs. A bucket is one limit of the server: a channel, a
 * method.
 */
export interface RateLimitStore {
  /** Books a slot. Slots are at least `spacing` apart, and none begins before the end of a block. */
  book(bucket: string, request: SlotRequest): Promise<Slot>;
  /** The server asks for a pause: no slot before `until`. Never shortens a longer block. */
  block(bucket: string, until: Millis): Promise<void>;
  /** End of the block, 0 without one. Checked by a run after waiting for its slot. */
  blockedUntil(bucket: string): Promise<Millis>;
}
