import { setImmediate as turn } from 'node:timers/promises';
import type { FakeClock } from './memory-world.ts';

/** Moves the clock to each time for which the work waits, until the work is done. */
export async function whileTimePasses<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  for (;;) {
    await turn();
    if (over) return work;
    const next = clock.nextAt();
    if (next !== undefined) clock.set(next);
  }
}
