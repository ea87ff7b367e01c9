import type { AlertDetail } from '../alert/alert.ts';
import type { Millis } from '../shared/time.ts';
import { EXPRESSION_TIMEOUT, readExpression } from './checks/alert-expression.ts';
import { evaluateFinding } from './checks/evaluate-finding.ts';
import type { Bounds, ProbeResult } from './checks/probe.ts';
import { readStep } from './checks/read-step.ts';
import type { Probes, ReadContext, StepReading } from './checks/reading.ts';
import { SQL_AT_ONCE, type SqlTurns } from './checks/sql-turns.ts';
import type { CelVariables } from './expressions/cel.ts';
import type { Finding } from './findings/finding.ts';
import { findCommonLabels, type PlannedStep, toRunStep } from './plan-steps.ts';

const MAX_ROWS = 20;
const MAX_BYTES = 4_096;
/** A turn with less than this left is none: the server could only be called too slow. */
const SHORTEST_TURN: Millis = 500;

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
  endsAt: Millis;
  /** Resolves when no check may run any longer; `overdue` says so. */
  deadline: Promise<'deadline'>;
  overdue: string;
  sqlTurns: SqlTurns;
};

export type CheckOutcome = { run: PlannedStep; finding: Finding; result?: CelVariables };

/** Limits of one read of a diagnosis. */
export function getBounds(timeoutMs: Millis, signal: AbortSignal): Bounds {
  return { timeoutMs, maxRows: MAX_ROWS, maxBytes: MAX_BYTES, signal };
}

/** Runs one step. A failure is a finding too. */
export async function checkStep(frame: CheckFrame, run: PlannedStep): Promise<CheckOutcome> {
  const { step, labels, alerts } = run;
  const read = (bounds: Bounds) => readStep(step, createContext(frame, { labels, alerts }, bounds));
  const reading = await (step.kind === 'sql' ? readInTurn : runBounded)(frame, step.timeout, read);
  const finding = evaluateFinding(toRunStep(run), reading, labels, getElapsed(frame));
  return { run, finding, result: reading.kind === 'ok' ? reading.value.result : undefined };
}

/** Its timeout begins with its turn. */
async function readInTurn(
  frame: CheckFrame,
  timeout: Millis,
  read: (bounds: Bounds) => Promise<ProbeResult<StepReading>>,
): Promise<ProbeResult<StepReading>> {
  const endTurn = frame.sqlTurns.takeFree() ?? (await frame.sqlTurns.waitForTurn(frame.deadline));
  const waited = getElapsed(frame);
  const left = frame.endsAt - frame.clock.now();
  if (endTurn === undefined || left < Math.min(timeout, SHORTEST_TURN)) {
    endTurn?.();
    const why = `${SQL_AT_ONCE} SQL checks run at once, and others took the ${formatSeconds(frame.endsAt - frame.startedAt)}`;
    return { kind: 'failed', reason: `did not get its turn: ${why}` };
  }
  try {
    const timeoutMs = Math.min(timeout, left);
    const reading = await runBounded(frame, timeout, (bounds) => read({ ...bounds, timeoutMs }));
    if (reading.kind === 'ok' || waited < SHORTEST_TURN || timeoutMs === timeout) return reading;
    return {
      kind: 'failed',
      reason: `${reading.reason}; it had waited ${formatSeconds(waited)} for its turn`,
    };
  } finally {
    endTurn();
  }
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
    if (first === 'timeout') return { kind: 'failed', reason: `no answer within ${formatSeconds(timeout)}` };
    if (first === 'deadline') return { kind: 'failed', reason: overdue };
    return first;
  } finally {
    timer.abort();
    abort.abort();
  }
}

function formatSeconds(time: Millis): string {
  return `${Math.round(time / 100) / 10} s`;
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
