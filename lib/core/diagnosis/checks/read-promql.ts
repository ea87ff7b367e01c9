import type { PromqlStep } from '../../runbook/runbook.ts';
import type { Millis } from '../../shared/time.ts';
import type { CelVariables } from '../expressions/cel.ts';
import { escapePromql } from '../expressions/insert-safely.ts';
import { fillTemplate } from '../expressions/template.ts';
import type { ProbeResult, PrometheusProbe, Sample } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { summarise, toSeriesEvidence } from './series-summary.ts';

const RANGE_POINTS = 60;

/** Label values are used only as escaped strings. */
export async function readPromql(step: PromqlStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  const { prometheus } = context.probes;
  if (!prometheus) return { kind: 'failed', reason: 'PROMETHEUS_URL is not set' };
  const query = fillTemplate(step.query, { labels: context.labels }, escapePromql);
  if (query === undefined) return { kind: 'failed', reason: 'the alert lacks a label that the query needs' };
  if (step.range === undefined) {
    const answer = await prometheus.instant(context.source, query, context.at, context.bounds);
    if (answer.kind === 'failed') return answer;
    return { kind: 'ok', value: { result: toInstantResult(answer.value, context.bounds.maxRows) } };
  }
  const series = await readRange(query, step.range, context, prometheus);
  if (series.kind === 'failed') return series;
  const summaries = series.value.flatMap(({ labels, points }) => {
    const summary = summarise(points);
    return summary ? [{ labels, ...summary }] : [];
  });
  const worst = summaries.toSorted((a, b) => b.max - a.max)[0] ?? null;
  const result = {
    series: summaries.slice(0, context.bounds.maxRows),
    count: summaries.length,
    first: worst,
    value: worst?.last ?? null,
  };
  const evidence = toSeriesEvidence(series.value, step.unit);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

/** The highest samples first. All are counted; the first `maxSamples` are returned. */
function toInstantResult(samples: Sample[], maxSamples: number): CelVariables {
  // A ratio without traffic is NaN: not a measurement, and not sortable.
  const measured = samples.filter(({ value }) => !Number.isNaN(value));
  const sorted = measured.toSorted((a, b) => b.value - a.value);
  const [first] = sorted;
  return {
    samples: sorted.slice(0, maxSamples),
    count: sorted.length,
    first: first ?? null,
    value: first?.value ?? null,
  };
}

/** Reads a series of about sixty points up to now. */
export function readRange(query: string, range: Millis, context: ReadContext, prometheus: PrometheusProbe) {
  const stepSeconds = Math.max(1, Math.round(range / 1_000 / RANGE_POINTS));
  const window = { from: context.at - range, to: context.at, stepSeconds };
  return prometheus.range(context.source, query, window, context.bounds);
}
