import type { HttpStep } from '../../runbook/runbook.ts';
import { clip } from '../../shared/clip.ts';
import { encodeUrlSegment } from '../expressions/insert-safely.ts';
import { fillTemplate } from '../expressions/template.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import { describeHttpFailure } from './failure-words.ts';
import type { Bounds, HttpProbe, MetricSample, ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { type Row, toRowEvidence } from './row-evidence.ts';

type Labels = ReadContext['labels'];

/** What a target is called; nothing of a URL can be written with it. */
const TARGET = /^[A-Za-z0-9][\w.-]{0,99}$/;
/** Of the step's time, so that a target that hangs does not take the others' answers with it. */
const SHARE_OF_TIMEOUT = 0.9;

/** Label values get there as names of configured targets and as encoded segments of the path only. */
export async function readHttp(step: HttpStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  const { http } = context.probes;
  if (!http) return { kind: 'failed', reason: 'HTTP_TARGETS is not set' };
  const path = filledPath(step.path, context.labels);
  if (path.kind === 'failed') return path;
  const targets: string[] = [];
  for (const template of step.read === 'health' ? step.targets : [step.target]) {
    const target = filledTarget(template, context.labels);
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

/** A target without an answer is a row, because that is what was asked; the unhealthy ones first. */
async function readHealth(
  targets: string[],
  path: string,
  http: HttpProbe,
  bounds: Bounds,
): Promise<ProbeResult<StepReading>> {
  const each = { ...bounds, timeoutMs: Math.round(bounds.timeoutMs * SHARE_OF_TIMEOUT) };
  const answers = await Promise.all(
    targets.map(async (target) => healthRow(target, await http.get(target, path, each), each.timeoutMs)),
  );
  const rows = answers.toSorted((a, b) => Number(a.healthy) - Number(b.healthy));
  const result = {
    rows,
    first: rows[0] ?? null,
    count: rows.length,
    unhealthy: rows.filter(({ healthy }) => !healthy).length,
  };
  return reading(result, ['target', 'healthy', 'took_ms', 'error'], rows, 0);
}

function healthRow(target: string, answer: Awaited<ReturnType<HttpProbe['get']>>, timeoutMs: number) {
  if (answer.kind === 'failed') {
    return { target, healthy: false, status: null, took_ms: null, error: answer.reason, body: '' };
  }
  const { status, tookMs, body } = answer.value;
  const healthy = status >= 200 && status < 300;
  const shown = cleanCell(body);
  // A page of some proxy explains nothing.
  const explained = shown.startsWith('<') ? undefined : shown;
  const failure = { timedOut: false, tooLarge: false, status, body: explained };
  const error = healthy ? '' : describeHttpFailure(failure, timeoutMs);
  return { target, healthy, status, took_ms: tookMs, error, body: shown };
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
    labels: cleanCell(labelText(sample)),
    value: sample.value,
  }));
  const result = { rows, first: rows[0] ?? null, count, value: rows[0]?.value ?? null };
  return reading(result, ['name', 'labels', 'value'], rows, count - rows.length);
}

/** As a page writes them: `state="idle", pool="main"`. */
function labelText({ labels }: MetricSample): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ');
}

function reading(
  result: StepReading['result'],
  columns: string[],
  rows: Row[],
  omitted: number,
): ProbeResult<StepReading> {
  const evidence = toRowEvidence(columns, rows, omitted);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

function filledTarget(template: string, labels: Labels): ProbeResult<string> {
  const target = fillTemplate(template, { labels });
  if (target === undefined)
    return { kind: 'failed', reason: 'the alert lacks a label that the target needs' };
  return TARGET.test(target)
    ? { kind: 'ok', value: target }
    : { kind: 'failed', reason: `${quoted(target)} is not the name of a target` };
}

/** Every hole becomes part of one segment; what a value could make of the path around it is refused. */
function filledPath(template: string, labels: Labels): ProbeResult<string> {
  let refused: string | undefined;
  const path = fillTemplate(template, { labels }, (value) => {
    const segment = encodeUrlSegment(value);
    if (segment === undefined) refused = value;
    return segment;
  });
  if (refused !== undefined) {
    return { kind: 'failed', reason: `${quoted(refused)} cannot be a part of a path` };
  }
  if (path === undefined) return { kind: 'failed', reason: 'the alert lacks a label that the path needs' };
  const climbing = path.split('/').find((segment) => segment === '.' || segment === '..');
  return climbing === undefined
    ? { kind: 'ok', value: path }
    : { kind: 'failed', reason: `${quoted(climbing)} cannot be a part of a path` };
}

function quoted(value: string): string {
  return `"${clip(cleanCell(value), 60)}"`;
}
