import { hashSha256 } from '../shared/hash.ts';
import { MINUTE, type Millis, SECOND } from '../shared/time.ts';

/**
 * One limit of a channel's server, with its slots: `spacing` between one and the next. A call that would begin later
 * than `latest` in its slot is skipped, because it would be too close to the next slot.
 */
export type Bucket = { bucket: string; spacing: Millis; latest: Millis };

/** The largest `latest` of any bucket: a booked slot is lost after that. */
export const LONGEST_LATE: Millis = 2_500;

/** The function waits at most this long for a slot; for a later slot the message comes again. */
export const LONGEST_PAUSE: Millis = SECOND;

/** The message comes back this long before its slot, because the queue and the function's start take time. */
export const EARLY: Millis = 250;

/** Pause for a server that answers "too many requests" without a duration. */
export const UNSAID_RETRY_AFTER: Millis = 5 * SECOND;

/** A page of a critical incident; any other new message; details and edits, which interrupt nobody. */
export type Rank = 'urgent' | 'message' | 'rest';

/** One slot that a message has booked, kept in its destination's record until the message comes again. */
export type BookedSlot = { key: string; bucket: string; at: Millis };

/**
 * How far ahead a message may book a slot. Each rank may book further ahead than the backlog of the lower
 * ranks can extend. So only messages of its own rank go before it.
 */
export function getBookingWindow(rank: Rank): Millis {
  switch (rank) {
    case 'urgent':
      return 5 * MINUTE;
    case 'message':
      return 2_400;
    case 'rest':
      return 1_200;
  }
}

const LONGEST_SPREAD = { urgent: 20 * SECOND, message: 90 * SECOND, rest: 90 * SECOND };

/**
 * Delay of a message that got no slot: until one is free, plus a spread. The spread grows with each attempt
 * and differs per message, so that waiting messages do not all return at once.
 */
export function getSecondsUntilSlot(wait: Millis, rank: Rank, key: string, attempt: number): Millis {
  const spread = Math.min(LONGEST_SPREAD[rank], 2 * SECOND * 2 ** Math.min(attempt, 10));
  return Math.max(SECOND, wait - getBookingWindow(rank)) + shareOf(spread, key, attempt);
}

/**
 * Delay of a message that waits for a digest. The spread is small, because the first message shows the digest
 * for all.
 */
export function getSecondsUntilDigestSlot(wait: Millis, key: string, attempt: number): Millis {
  return Math.max(SECOND, wait) + shareOf(5 * SECOND, key, attempt);
}

function shareOf(spread: Millis, key: string, attempt: number): Millis {
  return Math.round((spread * Number.parseInt(hashSha256(`${key} ${attempt}`, 8), 16)) / 0xffffffff);
}
