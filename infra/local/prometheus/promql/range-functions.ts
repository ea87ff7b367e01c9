import type { Millis } from '../../../../lib/core/shared/time.ts';

export type Point = [at: Millis, value: number];
export type Window = { from: Millis; to: Millis };

/** A function's result for one series' samples within a window; undefined when there are too few. */
type RangeFunction = (points: Point[], window: Window) => number | undefined;

/** By name, without those that keep the metric's name. */
export const rangeFunctions: Record<string, RangeFunction> = {
  rate: (points, window) => {
    const grown = extrapolated(points, window, true);
    return grown === undefined ? undefined : grown / ((window.to - window.from) / 1_000);
  },
  increase: (points, window) => extrapolated(points, window, true),
  delta: (points, window) => extrapolated(points, window, false),
  irate: (points) => {
    const [before, last] = points.slice(-2);
    if (before === undefined || last === undefined) return undefined;
    const grown = last[1] < before[1] ? last[1] : last[1] - before[1];
    return grown / ((last[0] - before[0]) / 1_000);
  },
  max_over_time: (points) => overAll(points, (values) => Math.max(...values)),
  min_over_time: (points) => overAll(points, (values) => Math.min(...values)),
  sum_over_time: (points) => overAll(points, sum),
  avg_over_time: (points) => overAll(points, (values) => sum(values) / values.length),
  count_over_time: (points) => overAll(points, (values) => values.length),
  changes: (points) => overAll(points, (values) => pairs(values).filter(([a, b]) => a !== b).length),
  resets: (points) => overAll(points, (values) => pairs(values).filter(([a, b]) => b < a).length),
  deriv: (points) => trend(points, points[0]?.[0] ?? 0)?.perSecond,
};

/** The value of the straight line through the samples `seconds` after the window. */
export function predicted(points: Point[], { to }: Window, seconds: number): number | undefined {
  const line = trend(points, to);
  return line && line.value + line.perSecond * seconds;
}

/**
 * The growth of a series within a window. Its first and last sample stand a little inside, so the growth between them
 * is extrapolated to the window's ends, like in Prometheus, but never past the point where a counter would have been 0.
 */
function extrapolated(points: Point[], window: Window, isCounter: boolean): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  let grown = last[1] - first[1];
  if (isCounter) {
    for (const [before, after] of pairs(points.map(([, value]) => value)))
      if (after < before) grown += before;
  }
  const covered = last[0] - first[0];
  const spacing = covered / (points.length - 1);
  let toStart = first[0] - window.from;
  if (isCounter && grown > 0 && first[1] >= 0) toStart = Math.min(toStart, covered * (first[1] / grown));
  const toEnd = window.to - last[0];
  const reach = [toStart, toEnd].map((gap) => (gap < spacing * 1.1 ? gap : spacing / 2));
  return grown * ((covered + sum(reach)) / covered);
}

/** The least squares line through the samples, by its value at `at`. */
function trend(points: Point[], at: Millis): { value: number; perSecond: number } | undefined {
  if (points.length < 2) return undefined;
  const seconds = points.map(([time]) => (time - at) / 1_000);
  const values = points.map(([, value]) => value);
  const middle = sum(seconds) / points.length;
  const mean = sum(values) / points.length;
  const spread = sum(seconds.map((second) => (second - middle) ** 2));
  const together = sum(seconds.map((second, i) => (second - middle) * ((values[i] ?? mean) - mean)));
  const perSecond = together / spread;
  return { value: mean - perSecond * middle, perSecond };
}

function overAll(points: Point[], calculate: (values: number[]) => number): number | undefined {
  return points.length === 0 ? undefined : calculate(points.map(([, value]) => value));
}

function pairs(values: number[]): [number, number][] {
  return values.slice(1).map((value, at) => [values[at] ?? value, value]);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
