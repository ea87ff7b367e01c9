import { setTimeout as pause } from 'node:timers/promises';

/** How long is waited for what never comes; a busy machine does not run into it. */
export const PATIENCE_MS = 90_000;

/**
 * Asks `probe` until it answers something other than `undefined`, and gives that back. A probe that throws has
 * not answered yet. At the end of its patience it fails with what was waited for and the last error seen.
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
