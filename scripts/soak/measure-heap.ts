import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Bytes of JavaScript's heap that are in use after a full collection. */
export function measureHeap(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    const made: () => void = runInNewContext('gc');
    collect = made;
  }
  collect();
  return process.memoryUsage().heapUsed;
}

/** How much larger the last quarter of the samples is than the quarter before it, by their means: 0.05 is 5 %. */
export function findGrowth(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) return 0;
  const before = mean(samples.slice(-2 * quarter, -quarter));
  return mean(samples.slice(-quarter)) / before - 1;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
