import type { Bucket } from '../../core/delivery/rate-limit.ts';
import { MINUTE, type Millis } from '../../core/shared/time.ts';

/**
 * How often Slack may be called. It allows about one message a second and channel, and limits edits over all
 * channels by its tier 3: https://docs.slack.dev/apis/web-api/rate-limits. The margin above a second covers
 * clocks that differ and runs that start late.
 */
export type SlackRateLimit = { perChannel: Millis; perEdit: Millis };

export const slackRateLimit: SlackRateLimit = { perChannel: 1_150, perEdit: MINUTE / 50 };

const LATEST_START: Millis = 150;
/** Slack counts edits by the minute. */
const LATEST_EDIT: Millis = 2_500;

/** Every edit in any channel books a slot in this bucket too. */
const EDITS_BUCKET = 'slack edits';

/** The scarcer slot comes first, because a booked slot that stays unused is lost. */
export function listSlackBuckets(
  { perChannel, perEdit }: SlackRateLimit,
  operation: 'send' | 'edit' | 'reply',
  destination: string,
): Bucket[] {
  const ofChannel = { bucket: destination, spacing: perChannel, latest: LATEST_START };
  if (operation !== 'edit') return [ofChannel];
  return [{ bucket: EDITS_BUCKET, spacing: perEdit, latest: LATEST_EDIT }, ofChannel];
}
