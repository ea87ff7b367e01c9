/** Random numbers that are the same for the same seed. */
export type Random = {
  /** From 0 to below 1. */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number below `count`. */
  below(count: number): number;
  /** A waiting time: often short, now and then very long. */
  exponential(mean: number): number;
  /** Spread around a median like durations of work: most near the median, a few many times as long. */
  around(median: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  weighted<T extends { weight: number }>(list: readonly [T, ...T[]]): T;
};

/** Mulberry32: good enough for a plausible history, and the same on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (count: number) => Math.floor(next() * count);

  return {
    next,
    below,
    chance: (probability) => next() < probability,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    // A sum of uniform numbers is near enough to normal; its exponent is distributed like durations.
    around: (median) => median * Math.exp((next() + next() + next() + next() - 2) * 1.2),
    pick: ([first, ...rest]) => [first, ...rest][below(rest.length + 1)] ?? first,
    weighted([first, ...rest]) {
      const all = [first, ...rest];
      let left = next() * all.reduce((sum, { weight }) => sum + weight, 0);
      for (const each of all) {
        left -= each.weight;
        if (left < 0) return each;
      }
      return first;
    },
  };
}
