import type { Labels } from '../sample-series.ts';

export const NAME = '__name__';

/** A value with its labels at one moment. */
export type VectorSample = { labels: Labels; value: number };

export function keepLabels(labels: Labels, names: string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}

export function dropLabels(labels: Labels, names: string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** Equal for equal labels, in any order. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
