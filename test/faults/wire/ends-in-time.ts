import { setTimeout as pause } from 'node:timers/promises';

/** Only ends what hangs: deadlines of this suite lie far below. */
const LIMIT_MS = 20_000;

/** The work's result; throws when it outlives its deadline by far. */
export async function endsInTime<T>(work: Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  const done = new AbortController();
  const limit = pause(limitMs, undefined, { signal: done.signal }).then(
    () => {
      throw new Error('a call has outlived its deadline');
    },
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([work, limit]);
  } finally {
    done.abort();
  }
}
