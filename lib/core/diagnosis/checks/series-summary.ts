import { cleanCell } from '../findings/clean-cell.ts';
import type { Evidence } from '../findings/finding.ts';
import type { Series } from './probe.ts';

const MAX_POINTS = 120;

/** Minimum, maximum and last value of a series; undefined if it has no number. */
export type SeriesSummary = { min: number; max: number; last: number };

export function summarise(points: Series['points']): SeriesSummary | undefined {
  const values = points.map(([, value]) => value).filter(Number.isFinite);
  const last = values.at(-1);
  if (last === undefined) return undefined;
  return { min: Math.min(...values), max: Math.max(...values), last };
}

/** Shows the series with the highest value, and counts the others. */
export function toSeriesEvidence(all: Series[], unit?: string): Evidence | undefined {
  let best: { series: Series; summary: SeriesSummary } | undefined;
  for (const series of all) {
    const summary = summarise(series.points);
    if (summary && (best === undefined || summary.max > best.summary.max)) best = { series, summary };
  }
  if (!best) return undefined;
  const label = formatSeriesLabel(best.series.labels);
  return {
    kind: 'series',
    points: thinOut(best.series.points.filter(([, value]) => Number.isFinite(value))),
    ...best.summary,
    unit,
    label: label === '' ? undefined : label,
    omitted: all.length - 1,
  };
}

/** `service=api, code=500`: the labels of this series. They come from a server, so they are cleaned. */
function formatSeriesLabel(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  return cleanCell(pairs.map(([name, value]) => `${name}=${value}`).join(', '));
}

function thinOut(points: Series['points']): Series['points'] {
  if (points.length <= MAX_POINTS) return points;
  const every = (points.length - 1) / (MAX_POINTS - 1);
  const kept = new Set(Array.from({ length: MAX_POINTS }, (_, i) => Math.round(i * every)));
  return points.filter((_, at) => kept.has(at));
}
