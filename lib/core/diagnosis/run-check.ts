import type { AlertDetail } from '../alert/alert.ts';
import { type Millis, SECOND } from '../shared/time.ts';
import { EXPRESSION_TIMEOUT, readExpression } from './checks/alert-expression.ts';
import { evaluateFinding } from './checks/evaluate-finding.ts';
import type { Bounds, ProbeResult } from './checks/probe.ts';
import { readStep } from './checks/read-step.ts';
import type { Probes, ReadContext } from './checks/reading.ts';
import type { CelVariables } from './expressions/cel.ts';
import type { Finding } from './findings/finding.ts';
import { findCommonLabels, type PlannedStep, toRunStep } from './plan-steps.ts';

const MAX_ROWS = 20;
const MAX_BYTES = 4_096;

/** The clock of a diagnosis. `after` resolves after this time, or never once `signal` aborts. */
export type DiagnosisClock = {
  now(): Millis;
  after(ms: Millis, signal: AbortSignal): Promise<void>;
};

/** The diagnosis that a check belongs to. */
export type CheckFrame = {
  source: string;
  probes: Probes;
  clock: DiagnosisClock;
  startedAt: Millis;
  /** Resolves when no check may run any longer; `overdue` says so. */
  deadline: Promise<'deadline'>;
  overdue: string;
};

export type CheckOutcome = { run: PlannedStep; finding: Finding; result?: CelVariables };

/** Limits of one read of a diagnosis. */
export function getBounds(timeoutMs: Millis, signal: AbortSignal): Bounds {
  return { timeoutMs, maxRows: MAX_ROWS, maxBytes: MAX_BYTES, signal };
}

/** Runs one step. A failure is a finding too. */
export async function checkStep(frame: CheckFrame, run: PlannedStep): Promise<CheckOutcome> {
  const { step, labels, alerts } = run;
  const reading = await runBounded(frame, step.timeout, (bounds) =>
    readStep(step, createContext(frame, { labels, alerts }, bounds)),
  );
  const finding = evaluateFinding(toRunStep(run), reading, labels, getElapsed(frame));
  return { run, finding, result: reading.kind === 'ok' ? reading.value.result : undefined };
}

/** Reads the expression of these alerts. A failure is a finding too. */
export async function checkExpression(
  frame: CheckFrame,
  alerts: AlertDetail[],
  expression: string,
  index: number,
): Promise<Finding> {
  const about = { labels: findCommonLabels(alerts), alerts };
  const reading = await runBounded(frame, EXPRESSION_TIMEOUT, async (bounds) => ({
    kind: 'ok' as const,
    value: await readExpression(expression, index, createContext(frame, about, bounds)),
  }));
  const tookMs = getElapsed(frame);
  return reading.kind === 'ok'
    ? { ...reading.value, tookMs }
    : toUnfinishedFinding(index, reading.reason, tookMs);
}

function getElapsed({ clock, startedAt }: CheckFrame): Millis {
  return clock.now() - startedAt;
}

/** One check within its timeout and the deadline; the earlier one aborts it. */
async function runBounded<T>(
  { clock, deadline, overdue }: CheckFrame,
  timeout: Millis,
  read: (bounds: Bounds) => Promise<ProbeResult<T>>,
): Promise<ProbeResult<T>> {
  const abort = new AbortController();
  const timer = new AbortController();
  const bounds = getBounds(timeout, abort.signal);
  const late = clock.after(timeout, timer.signal).then(() => 'timeout' as const);
  try {
    const first = await Promise.race([read(bounds).catch(toFailure), late, deadline]);
    if (first === 'timeout') return { kind: 'failed', reason: `no answer within ${timeout / SECOND} s` };
    if (first === 'deadline') return { kind: 'failed', reason: overdue };
    return first;
  } finally {
    timer.abort();
    abort.abort();
  }
}

function toFailure(error: unknown): ProbeResult<never> {
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}

function createContext(
  { source, probes, startedAt }: CheckFrame,
  { labels, alerts }: Pick<PlannedStep, 'labels' | 'alerts'>,
  bounds: Bounds,
): ReadContext {
  return { source, labels, at: startedAt, probes, bounds, eachLabels: alerts.map((alert) => alert.labels) };
}

function toUnfinishedFinding(index: number, reason: string, tookMs: number): Finding {
  return {
    stepId: `expression${index === 0 ? '' : `_${index + 1}`}`,
    title: "the alert's own expression",
    kind: 'expression',
    verdict: 'unchecked',
    sentence: reason,
    tookMs,
  };
}
