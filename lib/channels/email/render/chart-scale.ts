import type { Millis } from '../../../core/shared/time.ts';

/** A chart's data and axes: measured points, oldest first, and the value range. */
export type ChartScale = {
  points: [Millis, number][];
  from: Millis;
  to: Millis;
  /** The values at the bottom and at the top. A shown threshold lies between them. */
  low: number;
  high: number;
  threshold?: number;
};

/** A threshold further away than this many curve heights is not shown, because the curve would look flat. */
const MAX_STRETCH = 4;

/**
 * The axes for some points; `undefined` when there are too few for a curve. Drops infinite and undefined
 * values.
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

/** The height of a value, from 0 at the bottom to 1 at the top; 0.5 on a flat line. */
export function getHeight({ low, high }: ChartScale, value: number): number {
  // Halved first, because the difference of two huge numbers would overflow.
  const span = high / 2 - low / 2;
  return span > 0 ? (value / 2 - low / 2) / span : 0.5;
}
