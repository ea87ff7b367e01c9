import type { HttpStep } from '../../runbook/runbook.ts';
import { clip } from '../../shared/clip.ts';
import { encodeUrlSegment } from '../expressions/insert-safely.ts';
import { fillTemplate } from '../expressions/template.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import { describeHttpFailure, isWebPage } from './failure-words.ts';
import type { Bounds, HttpProbe, MetricSample, ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { type Row, toRowEvidence } from './row-evidence.ts';

type Labels = ReadContext['labels'];

/** Name of a target; it cannot express a URL. */
const TARGET = /^[A-Za-z0-9][\w.-]{0,99}$/;
/**
 * Share of the step's time for each target, so that a hanging target does not lose the answers of the others.
 */
const SHARE_OF_TIMEOUT = 0.9;

/** Label values are used only as names of configured targets and as encoded path segments. */
export async function readHttp(step: HttpStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  const { http } = context.probes;
  if (!http) return { kind: 'failed', reason: 'HTTP_TARGETS is not set' };
  const path = fillPath(step.path, context.labels);
  if (path.kind === 'failed') return path;
  const targets: string[] = [];
  for (const template of step.read === 'health' ? step.targets : [step.target]) {
    const target = fillTarget(template, context.labels);
    if (target.kind === 'failed') return target;
    if (!targets.includes(target.value)) targets.push(target.value);
  }
  if (!targets.some((target) => http.has(target))) {
    return { kind: 'failed', reason: `HTTP_TARGETS does not name ${targets.join(', ')}` };
  }
  return step.read === 'health'
    ? readHealth(targets, path.value, http, context.bounds)
    : readMetrics(targets[0] ?? '', path.value, step.match, http, context.bounds);
}

/**
 * A target without an answer is a row too, because the check is about health. Unhealthy targets come first. A login page
 * says nothing of the service behind it: it is never healthy, and where nothing else is wrong the check has no result.
 */
async function readHealth(
  targets: string[],
  path: string,
  http: HttpProbe,
  bounds: Bounds,
): Promise<ProbeResult<StepReading>> {
  const each = { ...bounds, timeoutMs: Math.round(bounds.timeoutMs * SHARE_OF_TIMEOUT) };
  const answers = await Promise.all(
    targets.map(async (target) => toHealthRow(target, await http.get(target, path, each), each.timeoutMs)),
  );
  const unknown = answers.filter(({ unknown }) => unknown);
  const unhealthy = answers.filter(({ row }) => !row.healthy);
  if (unknown.length > 0 && unknown.length === unhealthy.length) {
    return { kind: 'failed', reason: describeUnknown(unknown, answers.length) };
  }
  const rows = answers.map(({ row }) => row).toSorted((a, b) => Number(a.healthy) - Number(b.healthy));
  const result = { rows, first: rows[0] ?? null, count: rows.length, unhealthy: unhealthy.length };
  return toReading(result, ['target', 'healthy', 'took_ms', 'error'], rows, 0);
}

/** `unknown`: whatever answered, it was not the service's health check. */
type Health = {
  row: {
    target: string;
    healthy: boolean;
    status: number | null;
    took_ms: number | null;
    error: string;
    body: string;
  };
  unknown: boolean;
};

function toHealthRow(
  target: string,
  answer: Awaited<ReturnType<HttpProbe['get']>>,
  timeoutMs: number,
): Health {
  if (answer.kind === 'failed') {
    const row = { target, healthy: false, status: null, took_ms: null, error: answer.reason, body: '' };
    return { row, unknown: false };
  }
  const { status, tookMs, body } = answer.value;
  const isPage = isWebPage(body);
  const shown = cleanCell(body);
  const good = status >= 200 && status < 300;
  const failure = { timedOut: false, tooLarge: false, status, body: isPage ? undefined : shown };
  const error = good ? 'it answered a web page' : describeHttpFailure(failure, timeoutMs);
  const healthy = good && !isPage;
  const row = { target, healthy, status, took_ms: tookMs, error: healthy ? '' : error, body: shown };
  return { row, unknown: !healthy && (good || (status >= 300 && status < 400)) };
}

/** `api (it answered a web page), 6 others healthy` */
function describeUnknown(unknown: Health[], count: number): string {
  const named = unknown.map(({ row }) => `${row.target} (${row.error})`).join(', ');
  const others = count - unknown.length;
  return `no health check answered: ${named}${others === 0 ? '' : `; healthy: ${others} of ${count}`}`;
}

async function readMetrics(
  target: string,
  path: string,
  match: string,
  http: HttpProbe,
  bounds: Bounds,
): Promise<ProbeResult<StepReading>> {
  const answer = await http.metrics(target, path, match, bounds);
  if (answer.kind === 'failed') return answer;
  const { samples, count } = answer.value;
  const rows = samples.slice(0, bounds.maxRows).map((sample) => ({
    name: cleanCell(sample.name),
    labels: cleanCell(formatLabels(sample)),
    value: sample.value,
  }));
  const result = { rows, first: rows[0] ?? null, count, value: rows[0]?.value ?? null };
  return toReading(result, ['name', 'labels', 'value'], rows, count - rows.length);
}

/** As a metrics page writes them: `state="idle", pool="main"`. */
function formatLabels({ labels }: MetricSample): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ');
}

function toReading(
  result: StepReading['result'],
  columns: string[],
  rows: Row[],
  omitted: number,
): ProbeResult<StepReading> {
  const evidence = toRowEvidence(columns, rows, omitted);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

function fillTarget(template: string, labels: Labels): ProbeResult<string> {
  const target = fillTemplate(template, { labels });
  if (target === undefined)
    return { kind: 'failed', reason: 'the alert lacks a label that the target needs' };
  return TARGET.test(target)
    ? { kind: 'ok', value: target }
    : { kind: 'failed', reason: `${quote(target)} is not the name of a target` };
}

/** Each value becomes part of one segment. A value that would change the path around it is refused. */
function fillPath(template: string, labels: Labels): ProbeResult<string> {
  let refused: string | undefined;
  const path = fillTemplate(template, { labels }, (value) => {
    const segment = encodeUrlSegment(value);
    if (segment === undefined) refused = value;
    return segment;
  });
  if (refused !== undefined) {
    return { kind: 'failed', reason: `${quote(refused)} cannot be a part of a path` };
  }
  if (path === undefined) return { kind: 'failed', reason: 'the alert lacks a label that the path needs' };
  const parentSegment = path.split('/').find((segment) => segment === '.' || segment === '..');
  return parentSegment === undefined
    ? { kind: 'ok', value: path }
    : { kind: 'failed', reason: `${quote(parentSegment)} cannot be a part of a path` };
}

function quote(value: string): string {
  return `"${clip(cleanCell(value), 60)}"`;
}
