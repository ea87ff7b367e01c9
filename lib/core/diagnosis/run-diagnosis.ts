import type { AlertDetail } from '../alert/alert.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import { type Millis, SECOND } from '../shared/time.ts';
import { EXPRESSION_TIMEOUT, extractExpressions, readExpression } from './checks/alert-expression.ts';
import { evaluateFinding } from './checks/evaluate-finding.ts';
import type { Bounds, ProbeResult } from './checks/probe.ts';
import { readStep } from './checks/read-step.ts';
import type { Probes, ReadContext } from './checks/reading.ts';
import type { CelVariables } from './expressions/cel.ts';
import { fillCommands } from './fill-commands.ts';
import { cleanSentence } from './findings/clean-cell.ts';
import type { Diagnosis, Finding, Verdict } from './findings/finding.ts';
import { findCommonLabels, type PlannedStep, planSteps, toRunStep } from './plan-steps.ts';

const MAX_ROWS = 20;
const MAX_BYTES = 4_096;

/** The clock of a diagnosis. `after` resolves after this time, or never once `signal` aborts. */
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
  /** Gets each finding as soon as it is ready, for live display. */
  onFinding?: (finding: Finding) => void;
};

/** Limits of one read of a diagnosis. */
export function getBounds(timeoutMs: Millis, signal: AbortSignal): Bounds {
  return { timeoutMs, maxRows: MAX_ROWS, maxBytes: MAX_BYTES, signal };
}

/** How long a notice may wait for a diagnosis. */
export function getDeadline(severity: Severity): Millis {
  return severity === 'critical' ? 10 * SECOND : 20 * SECOND;
}

/**
 * Runs a runbook's checks in parallel, each within its timeout and all within the deadline. A failed check is
 * a finding too. Returns at the deadline, even if a server ignores the abort. On a resolve only the checks
 * under `verification` run.
 */
export async function runDiagnosis(input: DiagnosisInput): Promise<Diagnosis> {
  const { runbook, clock } = input;
  const startedAt = clock.now();
  const labels = findCommonLabels(input.alerts);
  const stop = new AbortController();
  const deadline = clock.after(input.deadline, stop.signal).then(() => 'deadline' as const);
  const overdue = `not finished within ${input.deadline / SECOND} s`;

  const plan = planSteps(runbook, input.reason, input.alerts);
  const runs = plan.runs.map(async (run): Promise<RunOutcome> => {
    const reading = await runBounded(run.step.timeout, deadline, overdue, clock, (bounds) =>
      readStep(run.step, {
        ...createContext(input, run.labels, startedAt, bounds),
        eachLabels: run.alerts.map((alert) => alert.labels),
      }),
    );
    const finding = evaluateFinding(toRunStep(run), reading, run.labels, clock.now() - startedAt);
    input.onFinding?.(finding);
    return { run, finding, result: reading.kind === 'ok' ? reading.value.result : undefined };
  });
  const expressions = extractExpressions(input.alerts).map(async (expression, index): Promise<Finding> => {
    const reading = await runBounded(EXPRESSION_TIMEOUT, deadline, overdue, clock, async (bounds) => ({
      kind: 'ok' as const,
      value: await readExpression(expression, index, {
        ...createContext(input, labels, startedAt, bounds),
        eachLabels: input.alerts.map((alert) => alert.labels),
      }),
    }));
    const tookMs = clock.now() - startedAt;
    const finding =
      reading.kind === 'ok'
        ? { ...reading.value, tookMs }
        : toUnfinishedFinding(index, reading.reason, tookMs);
    input.onFinding?.(finding);
    return finding;
  });
  const [outcomes, expressionFindings] = await Promise.all([Promise.all(runs), Promise.all(expressions)]);
  stop.abort();
  const findings = [
    ...outcomes.map(({ finding }) => finding),
    ...plan.beyond.map(({ step, values }) => toBeyondFinding(step, values)),
    ...expressionFindings,
  ];
  return {
    schema: 1,
    id: input.effectId,
    incidentId: input.incidentId,
    seq: input.seq,
    startedAt,
    finishedAt: clock.now(),
    findings: sortByVerdict(findings),
    about: Object.entries(labels),
    commands: fillCommands(runbook.commands, { labels, findings: indexResults(outcomes) }),
  };
}

type RunOutcome = { run: PlannedStep; finding: Finding; result?: CelVariables };

/**
 * The values for commands: `findings.<step id>`. If a step ran for several values, its first run that needs
 * attention counts, else its first, with its `value`.
 */
function indexResults(outcomes: RunOutcome[]): CelVariables {
  const urgentFirst = outcomes.toSorted((a, b) => ORDER[a.finding.verdict] - ORDER[b.finding.verdict]);
  const results = new Map<string, CelVariables>();
  for (const { run, result } of urgentFirst) {
    if (result === undefined || results.has(run.step.id)) continue;
    results.set(run.step.id, run.value === undefined ? result : { ...result, value: run.value });
  }
  return Object.fromEntries(results);
}

function toBeyondFinding(step: Step, values: string[]): Finding {
  const shown = values.slice(0, 5).join(', ');
  return {
    stepId: `${step.id}:beyond`,
    title: step.title,
    kind: step.kind,
    verdict: 'unchecked',
    sentence: cleanSentence(
      `${values.length} more not looked at: ${shown}${values.length > 5 ? ` +${values.length - 5}` : ''}`,
    ),
    tookMs: 0,
  };
}

/** One check within its timeout and the deadline; the earlier one aborts it. */
async function runBounded<T>(
  timeout: Millis,
  deadline: Promise<'deadline'>,
  overdue: string,
  clock: DiagnosisClock,
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
  input: DiagnosisInput,
  labels: Readonly<Record<string, string>>,
  at: Millis,
  bounds: Bounds,
): ReadContext {
  return { source: input.source, labels, at, probes: input.probes, bounds };
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

const ORDER: Record<Verdict, number> = { attention: 0, normal: 1, unchecked: 2 };

function sortByVerdict(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
}
