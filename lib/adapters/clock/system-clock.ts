import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../../core/shared/time.ts';

const FIRST_BACK_OFF: Millis = 20;
const LONGEST_BACK_OFF: Millis = 500;

/** The machine's clock and timers, for flows that take time as a port. */
export const systemClock = {
  now: (): Millis => Date.now(),

  pause: async (ms: Millis): Promise<void> => {
    await pause(ms);
  },

  abortAfter: (ms: Millis): AbortSignal => AbortSignal.timeout(ms),

  /** Resolves after so many milliseconds. Once `signal` aborts, it never resolves and leaves no timer. */
  after: (ms: Millis, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }),

  /** Waits a random time, up to 20 ms before attempt 1 and twice as long before each further one, to spread writers. */
  backOff: async (attempt: number): Promise<void> => {
    await pause(Math.random() * Math.min(LONGEST_BACK_OFF, FIRST_BACK_OFF * 2 ** attempt));
  },
};
