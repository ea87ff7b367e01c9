import type { AlertmanagerStep, PromqlStep, SqlStep, Step } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import { type CelVariables, durationText, evaluateCel } from './cel.ts';
import { cleanCell } from './clean-cell.ts';
import type { Evidence } from './finding.ts';
import { promqlEscaped } from './insert-safely.ts';
import type {
  AlertmanagerProbe,
  Bounds,
  ProbeResult,
  PrometheusProbe,
  Sample,
  Scalar,
  SqlProbe,
  SqlResult,
} from './probe.ts';
import { seriesEvidence, summarise } from './series-summary.ts';
import { fillTemplate } from './template.ts';

/** The outside, as far as it is configured. */
export type Probes = { sql?: SqlProbe; prometheus?: PrometheusProbe; alertmanager?: AlertmanagerProbe };

/** What a step read: `result` for expressions, `evidence` for people. */
export type StepReading = { result: CelVariables; evidence?: Evidence };

export type ReadContext = {
  source: string;
  labels: Readonly<Record<string, string>>;
  at: Millis;
  probes: Probes;
  bounds: Bounds;
};

const RANGE_POINTS = 60;
const MAX_EVIDENCE_CHARACTERS = 4_096;
const SECONDS = /_seconds$/;

/** Reads what one step asks for. Label values get there as bind values or escaped strings only. */
export function readStep(step: Step, context: ReadContext): Promise<ProbeResult<StepReading>> {
  switch (step.kind) {
    case 'sql':
      return readSql(step, context);
    case 'promql':
      return readPromql(step, context);
    case 'alertmanager':
      return readAlertmanager(step, context);
  }
}

async function readSql(step: SqlStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  if (!context.probes.sql) return { kind: 'failed', reason: 'DATABASE_URL is not set' };
  const params: Scalar[] = [];
  for (const expression of step.params) {
    const outcome = evaluateCel(expression, { labels: context.labels });
    params.push(outcome.kind === 'ok' && isScalar(outcome.value) ? outcome.value : null);
  }
  const answer = await context.probes.sql.query(step.query, params, context.bounds);
  if (answer.kind === 'failed') return answer;
  const { columns, truncated } = answer.value;
  const rows = answer.value.rows.map((row) => record(columns, row));
  const result = { rows, first: rows[0] ?? null, count: rows.length, columns, truncated };
  const evidence = tableEvidence(answer.value);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

function record(columns: string[], row: Scalar[]): Record<string, Scalar> {
  return Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]));
}

/**
 * The rows as people read them: a column `_x` is for expressions only, a column `x_seconds` is shown as `x` in words.
 * A single row says nothing that the sentence does not.
 */
function tableEvidence({ columns, rows, truncated }: SqlResult): Evidence | undefined {
  if (rows.length < 2) return undefined;
  const shown = columns.flatMap((column, at) => (column.startsWith('_') ? [] : [{ column, at }]));
  const kept: string[][] = [];
  let room = MAX_EVIDENCE_CHARACTERS;
  for (const row of rows) {
    const cells = shown.map(({ column, at }) => cellText(column, row[at] ?? null));
    room -= cells.join(' ').length + 1;
    if (room < 0) break;
    kept.push(cells);
  }
  const names = shown.map(({ column }) => column.replace(SECONDS, '').replaceAll('_', ' '));
  return {
    kind: 'table',
    columns: names,
    rows: kept,
    omitted: rows.length - kept.length + (truncated ? 1 : 0),
  };
}

function cellText(column: string, value: Scalar): string {
  return SECONDS.test(column) && typeof value === 'number' ? durationText(value) : cleanCell(value);
}

async function readPromql(step: PromqlStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  const { prometheus } = context.probes;
  if (!prometheus) return { kind: 'failed', reason: 'PROMETHEUS_URL is not set' };
  const query = fillTemplate(step.query, { labels: context.labels }, promqlEscaped);
  if (query === undefined) return { kind: 'failed', reason: 'the alert lacks a label that the query needs' };
  if (step.range === undefined) {
    const answer = await prometheus.instant(context.source, query, context.at, context.bounds);
    if (answer.kind === 'failed') return answer;
    return { kind: 'ok', value: { result: instantResult(answer.value, context.bounds.maxRows) } };
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
  const evidence = seriesEvidence(series.value, step.unit);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

/** The highest samples first; all of them are counted, the first `most` can be looked at. */
function instantResult(samples: Sample[], most: number): CelVariables {
  // NaN is what a ratio without any traffic is: no measurement, and it cannot be put in order.
  const measured = samples.filter(({ value }) => !Number.isNaN(value));
  const sorted = measured.toSorted((a, b) => b.value - a.value);
  const [first] = sorted;
  return {
    samples: sorted.slice(0, most),
    count: sorted.length,
    first: first ?? null,
    value: first?.value ?? null,
  };
}

/** A series of about sixty points up to now. */
export function readRange(query: string, range: Millis, context: ReadContext, prometheus: PrometheusProbe) {
  const stepSeconds = Math.max(1, Math.round(range / 1_000 / RANGE_POINTS));
  const window = { from: context.at - range, to: context.at, stepSeconds };
  return prometheus.range(context.source, query, window, context.bounds);
}

async function readAlertmanager(
  step: AlertmanagerStep,
  context: ReadContext,
): Promise<ProbeResult<StepReading>> {
  if (!context.probes.alertmanager) return { kind: 'failed', reason: 'ALERTMANAGER_URL is not set' };
  const wanted: [string, string][] = [];
  for (const [label, template] of Object.entries(step.match)) {
    const value = fillTemplate(template, { labels: context.labels });
    if (value === undefined)
      return { kind: 'failed', reason: 'the alert lacks a label that the match needs' };
    wanted.push([label, value]);
  }
  const answer = await context.probes.alertmanager.alerts(context.source, context.bounds);
  if (answer.kind === 'failed') return answer;
  const alerts = answer.value.filter((alert) =>
    wanted.every(([label, value]) => alert.labels[label] === value),
  );
  const result = {
    alerts: alerts
      .slice(0, context.bounds.maxRows)
      .map(({ labels, annotations, state }) => ({ labels, annotations, state })),
    count: alerts.length,
  };
  return { kind: 'ok', value: { result } };
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
