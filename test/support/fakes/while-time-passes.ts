import { setImmediate as turn } from 'node:timers/promises';
import type { FakeClock } from './memory-world.ts';

/** Lets the clock jump to whatever the work waits for, until it is done. */
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
