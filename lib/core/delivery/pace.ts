import { sha256Hex } from '../shared/hash.ts';
import { MINUTE, type Millis, SECOND } from '../shared/time.ts';

/**
 * How often Slack may be asked. It allows about one message a second and channel, and as many edits a minute as its
 * tier 3 says over all channels: https://docs.slack.dev/apis/web-api/rate-limits. What is above a second is for
 * clocks that differ and runs that begin their turn late.
 */
export type Pace = { perChannel: Millis; perEdit: Millis };

export const slackPace: Pace = { perChannel: 1_150, perEdit: MINUTE / 50 };

/** A turn that is begun later than this is not begun at all. */
export const LATEST_START: Millis = 150;

/** Every edit takes a turn here as well, whatever the channel. */
export const EDITS_LANE = 'slack edits';

/** How long everybody leaves a server alone that said "too many" but not for how long. */
export const UNSAID_RETRY_AFTER: Millis = 5 * SECOND;

/**
 * How far ahead a turn may lie that is waited for, rather than the message coming again. What is urgent reaches
 * farther than all that is not can ever push the next turn away, so that only other urgent messages go before it.
 */
export function reachOf(urgent: boolean): Millis {
  return urgent ? 3 * SECOND : 1_200;
}

const LONGEST_SPREAD = { urgent: 20 * SECOND, other: 90 * SECOND };

/**
 * How long a message stays away that got no turn: until one is free, and then a while that grows with each attempt
 * and differs from message to message, so that those that wait do not all come at once.
 */
export function awayFor(wait: Millis, urgent: boolean, key: string, attempt: number): Millis {
  const longest = urgent ? LONGEST_SPREAD.urgent : LONGEST_SPREAD.other;
  const spread = Math.min(longest, 2 * SECOND * 2 ** Math.min(attempt, 10));
  const share = Number.parseInt(sha256Hex(`${key} ${attempt}`, 8), 16) / 0xffffffff;
  return Math.max(SECOND, wait - reachOf(urgent)) + Math.round(spread * share);
}
