import type { AlertDetail } from '../alert/alert.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import { type Millis, SECOND } from '../shared/time.ts';
import type { CelVariables } from './cel.ts';
import { fillCommands } from './fill-commands.ts';
import type { Diagnosis, Finding, Verdict } from './finding.ts';
import { judge } from './judge.ts';
import { EXPRESSION_TIMEOUT, expressionsOf, readExpression } from './own-expression.ts';
import type { Bounds, ProbeResult } from './probe.ts';
import { type Probes, type ReadContext, readStep } from './read-step.ts';

const MAX_ROWS = 20;
const MAX_BYTES = 4_096;

/** Time as the diagnosis needs it. `after` resolves after so many milliseconds, or never once `signal` aborts. */
export type DiagnosisClock = {
  now(): Millis;
  after(ms: Millis, signal: AbortSignal): Promise<void>;
};

export type DiagnosisInput = {
  runbook: Runbook;
  incidentId: string;
  effectId: string;
  seq: number;
  reason: NoticeReason;
  source: string;
  alerts: AlertDetail[];
  probes: Probes;
  clock: DiagnosisClock;
  deadline: Millis;
};

/** How long people may wait for what was found. design.md, "Diagnostics". */
export function deadlineFor(severity: Severity): Millis {
  return severity === 'critical' ? 10 * SECOND : 20 * SECOND;
}

/**
 * Runs a runbook's checks, all at once, each within its own timeout and all within the deadline. A check that fails
 * is itself a finding. It returns at the deadline whatever the servers do, even when one ignores being aborted.
 * On a resolve only the checks under `verification` run.
 */
export async function runDiagnosis(input: DiagnosisInput): Promise<Diagnosis> {
  const { runbook, clock } = input;
  const startedAt = clock.now();
  const labels = commonLabels(input.alerts);
  const stop = new AbortController();
  const deadline = clock.after(input.deadline, stop.signal).then(() => 'deadline' as const);
  const overdue = `not finished within ${input.deadline / SECOND} s`;

  const results = new Map<string, CelVariables>();
  const steps = stepsFor(runbook, input.reason).map(async (step): Promise<Finding> => {
    const reading = await bounded(step.timeout, deadline, overdue, clock, (bounds) =>
      readStep(step, contextOf(input, labels, startedAt, bounds)),
    );
    if (reading.kind === 'ok') results.set(step.id, reading.value.result);
    return judge(step, reading, labels, clock.now() - startedAt);
  });
  const expressions = expressionsOf(input.alerts).map(async (expression, index): Promise<Finding> => {
    const reading = await bounded(EXPRESSION_TIMEOUT, deadline, overdue, clock, async (bounds) => ({
      kind: 'ok' as const,
      value: await readExpression(expression, index, contextOf(input, labels, startedAt, bounds)),
    }));
    if (reading.kind === 'ok') return { ...reading.value, tookMs: clock.now() - startedAt };
    return unfinishedExpression(index, reading.reason, clock.now() - startedAt);
  });
  const findings = await Promise.all([...steps, ...expressions]);
  stop.abort();
  return {
    schema: 1,
    id: input.effectId,
    incidentId: input.incidentId,
    seq: input.seq,
    startedAt,
    finishedAt: clock.now(),
    findings: inOrder(findings),
    commands: fillCommands(runbook.commands, { labels, findings: Object.fromEntries(results) }),
  };
}

/** One check within its timeout and the deadline; whichever comes first aborts it. */
async function bounded<T>(
  timeout: Millis,
  deadline: Promise<'deadline'>,
  overdue: string,
  clock: DiagnosisClock,
  read: (bounds: Bounds) => Promise<ProbeResult<T>>,
): Promise<ProbeResult<T>> {
  const abort = new AbortController();
  const timer = new AbortController();
  const bounds: Bounds = { timeoutMs: timeout, maxRows: MAX_ROWS, maxBytes: MAX_BYTES, signal: abort.signal };
  const late = clock.after(timeout, timer.signal).then(() => 'timeout' as const);
  try {
    const first = await Promise.race([read(bounds).catch(failed), late, deadline]);
    if (first === 'timeout') return { kind: 'failed', reason: `no answer within ${timeout / SECOND} s` };
    if (first === 'deadline') return { kind: 'failed', reason: overdue };
    return first;
  } finally {
    timer.abort();
    abort.abort();
  }
}

function failed(error: unknown): ProbeResult<never> {
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}

function stepsFor(runbook: Runbook, reason: NoticeReason): Step[] {
  if (reason !== 'resolved' && reason !== 'closed') return runbook.diagnostics;
  return runbook.diagnostics.filter((step) => runbook.verification.includes(step.id));
}

function contextOf(
  input: DiagnosisInput,
  labels: Readonly<Record<string, string>>,
  at: Millis,
  bounds: Bounds,
): ReadContext {
  return { source: input.source, labels, at, probes: input.probes, bounds };
}

/** Labels that all alerts share: what a check may rely on. */
function commonLabels(alerts: AlertDetail[]): Record<string, string> {
  const [first, ...rest] = alerts;
  const shared = Object.entries(first?.labels ?? {}).filter(([name, value]) =>
    rest.every((alert) => alert.labels[name] === value),
  );
  return Object.fromEntries(shared);
}

function unfinishedExpression(index: number, reason: string, tookMs: number): Finding {
  return {
    stepId: `expression${index === 0 ? '' : `_${index + 1}`}`,
    title: "the alert's own expression",
    kind: 'expression',
    verdict: 'unchecked',
    sentence: reason,
    tookMs,
  };
}

const ORDER: Record<Verdict, number> = { attention: 0, normal: 1, unchecked: 2 };

function inOrder(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
}
