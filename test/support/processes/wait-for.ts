import { setTimeout as pause } from 'node:timers/promises';

/** How long to wait for an event that never comes; a busy machine does not reach this. */
export const PATIENCE_MS = 90_000;

/**
 * Calls `probe` until it returns something other than `undefined`, and returns that. A probe that throws has no result
 * yet. At the time limit it fails with what was awaited and the last error.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  options: { everyMs?: number; patienceMs?: number } = {},
): Promise<T> {
  const { everyMs = 50, patienceMs = PATIENCE_MS } = options;
  const deadline = Date.now() + patienceMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= deadline) {
      throw new Error(`waited ${patienceMs / 1_000} s in vain for ${what}`, { cause: lastError });
    }
    await pause(everyMs);
  }
}
