import type { Millis } from '../shared/time.ts';
import { MINUTE, SECOND } from '../shared/time.ts';

const STEPS = [1, 5, 30, 60, 120, 300];
const MAX_DELAY = 5 * MINUTE;

/**
 * How long a channel may delay a page before the other channel carries it. A later message counts as late.
 */
export const FAIL_OVER_AFTER: Millis = 2 * MINUTE;

/** Limits the pause that a server asks for: a pause of a day must not silence a channel. */
export function boundRetryAfter(retryAfterMs: Millis): Millis {
  return Math.min(Math.max(0, retryAfterMs), MAX_DELAY);
}

/** Retry interval while the configuration is wrong. */
export const MISCONFIGURED_RETRY_SECONDS: number = MAX_DELAY / SECOND;

/** Seconds until a temporary failure is retried: as the server asks, else growing; at most five minutes. */
export function getRetryDelaySeconds(receiveCount: number, retryAfterMs: Millis | undefined): number {
  if (retryAfterMs !== undefined) return Math.max(1, Math.ceil(boundRetryAfter(retryAfterMs) / SECOND));
  return STEPS[Math.max(receiveCount, 1) - 1] ?? MAX_DELAY / SECOND;
}
