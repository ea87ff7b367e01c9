import { hashSha256 } from '../shared/hash.ts';
import { MINUTE, type Millis, SECOND } from '../shared/time.ts';

/**
 * How often Slack may be asked. It allows about one message a second and channel, and as many edits a minute as its
 * tier 3 says over all channels: https://docs.slack.dev/apis/web-api/rate-limits. What is above a second is for
 * clocks that differ and runs that begin their turn late.
 */
export type RateLimit = { perChannel: Millis; perEdit: Millis };

export const slackRateLimit: RateLimit = { perChannel: 1_150, perEdit: MINUTE / 50 };

/** A slot in a channel that is begun later than this is not begun at all: it would be too close to the next one. */
export const LATEST_START: Millis = 150;

/** As LATEST_START for edits, which Slack counts by the minute. */
export const LATEST_EDIT: Millis = 2_500;

/** A slot that lies further ahead is not waited for inside the function: the message comes again for it. */
export const LONGEST_PAUSE: Millis = SECOND;

/** So much before its slot a message is asked back, because the queue and the start of a function take time. */
export const EARLY: Millis = 250;

/** Every edit takes a turn here as well, whatever the channel. */
export const EDITS_BUCKET = 'slack edits';

/** How long everybody leaves a server alone that said "too many" but not for how long. */
export const UNSAID_RETRY_AFTER: Millis = 5 * SECOND;

/** A page of a critical incident; any other message of its own; details and edits, which interrupt nobody. */
export type Rank = 'urgent' | 'message' | 'rest';

/** One slot that a message has booked, kept in the record of its destination until it comes again. */
export type BookedSlot = { key: string; bucket: string; at: Millis };

/**
 * How far ahead a message may book a slot. Each rank may book further ahead than the ranks behind it can extend the
 * backlog, so that only its own kind goes before it.
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
 * How long a message stays away that got no turn: until one is free, and then a while that grows with each attempt
 * and differs from message to message, so that those that wait do not all come at once.
 */
export function getSecondsUntilSlot(wait: Millis, rank: Rank, key: string, attempt: number): Millis {
  const spread = Math.min(LONGEST_SPREAD[rank], 2 * SECOND * 2 ** Math.min(attempt, 10));
  return Math.max(SECOND, wait - getBookingWindow(rank)) + shareOf(spread, key, attempt);
}

/** How long a message stays away that waits for a digest: hardly longer, because the first to come shows it for all. */
export function getSecondsUntilDigestSlot(wait: Millis, key: string, attempt: number): Millis {
  return Math.max(SECOND, wait) + shareOf(5 * SECOND, key, attempt);
}

function shareOf(spread: Millis, key: string, attempt: number): Millis {
  return Math.round((spread * Number.parseInt(hashSha256(`${key} ${attempt}`, 8), 16)) / 0xffffffff);
}
