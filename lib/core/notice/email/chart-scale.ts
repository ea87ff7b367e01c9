import type { Millis } from '../../shared/time.ts';

/** What a chart shows: measured points, oldest first, between the lowest and the highest value on its axis. */
export type ChartScale = {
  points: [Millis, number][];
  from: Millis;
  to: Millis;
  /** The value at the bottom, and at the top. The threshold is between them when it is shown. */
  low: number;
  high: number;
  threshold?: number;
};

/** A threshold further away than so many times the height of the curve would press it flat. */
const MAX_STRETCH = 4;

/**
 * The axes for some points; `undefined` when there are too few for a curve. Values of any size are fit for it, those
 * that no calendar or axis has are left out.
 */
export function createChartScale(points: [Millis, number][], threshold?: number): ChartScale | undefined {
  const measured = points
    .filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value))
    .toSorted(([a], [b]) => a - b);
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined || first[0] === last[0]) return undefined;
  const values = measured.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = { points: measured, from: first[0], to: last[0], low, high };
  if (threshold === undefined || !Number.isFinite(threshold)) return scale;
  const reach = Math.max(high, threshold) / 2 - Math.min(low, threshold) / 2;
  if (low !== high && reach > MAX_STRETCH * (high / 2 - low / 2)) return scale;
  return { ...scale, low: Math.min(low, threshold), high: Math.max(high, threshold), threshold };
}

/** Where a value stands, from 0 at the bottom to 1 at the top; a flat line stands in the middle. */
export function getHeight({ low, high }: ChartScale, value: number): number {
  // Halved first, because the span of the largest numbers is larger than any number.
  const span = high / 2 - low / 2;
  return span > 0 ? (value / 2 - low / 2) / span : 0.5;
}
