import type { Millis } from '../shared/time.ts';
import { MINUTE, SECOND } from '../shared/time.ts';

const STEPS = [1, 5, 30, 60, 120, 300];
const MAX_DELAY = 5 * MINUTE;

/** Seconds until a temporary failure is tried again: the server's own wish, else growing; at most five minutes. */
export function retryDelaySeconds(receiveCount: number, retryAfterMs: Millis | undefined): number {
  if (retryAfterMs !== undefined) return Math.max(1, Math.ceil(Math.min(retryAfterMs, MAX_DELAY) / SECOND));
  return STEPS[Math.max(receiveCount, 1) - 1] ?? MAX_DELAY / SECOND;
}
