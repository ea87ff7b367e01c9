/**
 * Counts of durations in buckets whose borders grow by a fixed factor. Sketches merge by adding their counts;
 * medians cannot be merged (DDSketch, Masson et al. 2019). A quantile is off by at most 0.9 %.
 */
export type Sketch = Map<number, number>;

const ACCURACY = 0.009;
const GROWTH = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GROWTH = Math.log(GROWTH);
/** For durations of zero, or below zero because two clocks differ. */
const NO_TIME = -1;

/** Counts one duration, in milliseconds or any other unit. */
export function addDuration(sketch: Sketch, duration: number): void {
  addTo(sketch, findBucket(duration), 1);
}

export function mergeSketch(into: Sketch, other: Sketch): void {
  for (const [bucket, count] of other) addTo(into, bucket, count);
}

/** How many durations were counted. */
export function countSketch(sketch: Sketch): number {
  let total = 0;
  for (const count of sketch.values()) total += count;
  return total;
}

/**
 * The duration that a share of all durations does not exceed, by nearest rank; the median for 0.5. Undefined
 * when nothing was counted.
 */
export function estimateQuantile(sketch: Sketch, share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(share * countSketch(sketch)));
  let passed = 0;
  for (const [bucket, count] of [...sketch].toSorted(([a], [b]) => a - b)) {
    passed += count;
    if (passed >= rank) return durationOf(bucket);
  }
  return undefined;
}

function addTo(sketch: Sketch, bucket: number, count: number): void {
  sketch.set(bucket, (sketch.get(bucket) ?? 0) + count);
}

/** Durations are whole numbers, so the smallest above zero is 1, in bucket 0. */
function findBucket(duration: number): number {
  return duration < 1 ? NO_TIME : Math.ceil(Math.log(duration) / LOG_GROWTH);
}

/** The value at the same relative distance from both borders of its bucket. */
function durationOf(bucket: number): number {
  return bucket === NO_TIME ? 0 : (2 * GROWTH ** bucket) / (GROWTH + 1);
}
