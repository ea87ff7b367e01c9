import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../lib/core/shared/time.ts';
import {
  addDuration,
  countSketch,
  estimateQuantile,
  mergeSketch,
  type Sketch,
} from '../../../lib/core/statistics/sketch.ts';

const durations = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 400 * DAY }), fc.integer({ min: 0, max: 1_000 })),
  { minLength: 1, maxLength: 200 },
);
const shares = fc.constantFrom(0.5, 0.9, 0.99, 1);

function sketchOf(values: number[]): Sketch {
  const sketch: Sketch = new Map();
  for (const value of values) addDuration(sketch, value);
  return sketch;
}

/** By nearest rank. */
function exact(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

describe('a sketch of durations', () => {
  it('gives every quantile within 1 % of the exact one', () => {
    fc.assert(
      fc.property(durations, shares, (values, share) => {
        const truth = exact(values, share);
        const given = estimateQuantile(sketchOf(values), share);
        expect(Math.abs((given ?? Number.NaN) - truth)).toBeLessThanOrEqual(0.01 * truth);
      }),
    );
  });

  it('is the same whether built at once or merged from parts, in any order', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const merged = sketchOf(others);
        mergeSketch(merged, sketchOf(some));

        expect(merged).toEqual(sketchOf([...some, ...others]));
        expect(countSketch(merged)).toBe(some.length + others.length);
      }),
    );
  });

  it('has no quantile when nothing was counted', () => {
    expect(estimateQuantile(new Map(), 0.5)).toBeUndefined();
  });

  it('counts a negative time as zero, as clocks that differ produce it', () => {
    expect(estimateQuantile(sketchOf([-5_000]), 0.5)).toBe(0);
  });
});
