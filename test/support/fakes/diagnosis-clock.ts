import type { DiagnosisClock } from '../../../lib/core/diagnosis/run-check.ts';

/** A clock for diagnoses that moves only when the test says so. */
export type FakeDiagnosisClock = DiagnosisClock & { advance(ms: number): Promise<void> };

export function fakeDiagnosisClock(start: number): FakeDiagnosisClock {
  let now = start;
  let waiting: { at: number; resolve(): void }[] = [];
  return {
    now: () => now,
    after: (ms, signal) =>
      new Promise<void>((resolve) => {
        const entry = { at: now + ms, resolve };
        waiting.push(entry);
        signal.addEventListener('abort', () => {
          waiting = waiting.filter((each) => each !== entry);
        });
      }),
    async advance(ms) {
      now += ms;
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { resolve } of due) resolve();
      // Lets everything go on that does not wait for the clock.
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}
