import type { AlertDetail } from '../alert/alert.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import { type Millis, SECOND } from '../shared/time.ts';
import { extractExpressions } from './checks/alert-expression.ts';
import type { Probes } from './checks/reading.ts';
import { createSqlTurns } from './checks/sql-turns.ts';
import type { CelVariables } from './expressions/cel.ts';
import { fillCommands } from './fill-commands.ts';
import { cleanSentence } from './findings/clean-cell.ts';
import type { Diagnosis, Finding, Verdict } from './findings/finding.ts';
import { findCommonLabels, type PlannedStep, planSteps } from './plan-steps.ts';
import {
  type CheckFrame,
  type CheckOutcome,
  checkExpression,
  checkStep,
  type DiagnosisClock,
} from './run-check.ts';

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

/** How long a notice may wait for connections to be closed: longer than a server that answers needs. */
const RELEASE_WITHIN: Millis = 250;

/** How long a notice may wait for a diagnosis. */
export function getDeadline(severity: Severity): Millis {
  return severity === 'critical' ? 10 * SECOND : 20 * SECOND;
}

/**
 * Runs a runbook's checks in parallel, each within its timeout and all within the deadline. A failed check is
 * a finding too. Returns at the deadline, even if a server ignores the abort. On a resolve only the checks
 * under `verification` run.
 *
 * Connections to PostgreSQL are given back before it returns, because a frozen environment would keep them. A
 * server that does not let them go costs 250 ms more.
 */
export async function runDiagnosis(input: DiagnosisInput): Promise<Diagnosis> {
  const { runbook, source, alerts, probes, clock, onFinding } = input;
  const startedAt = clock.now();
  const stop = new AbortController();
  const deadline = clock.after(input.deadline, stop.signal).then(() => 'deadline' as const);
  const overdue = `not finished within ${input.deadline / SECOND} s`;
  const endsAt = startedAt + input.deadline;
  const sqlTurns = createSqlTurns();
  const frame: CheckFrame = { source, probes, clock, startedAt, endsAt, deadline, overdue, sqlTurns };

  const plan = planSteps(runbook, input.reason, alerts);
  const checks = plan.runs.map((run) => checkStep(frame, run));
  const released = releaseSql(frame, plan.runs, checks);
  const [outcomes, expressionFindings] = await Promise.all([
    Promise.all(
      checks.map(async (check) => {
        const outcome = await check;
        onFinding?.(outcome.finding);
        return outcome;
      }),
    ),
    Promise.all(
      extractExpressions(alerts).map(async (expression, index) => {
        const finding = await checkExpression(frame, alerts, expression, index);
        onFinding?.(finding);
        return finding;
      }),
    ),
  ]);
  await released;
  stop.abort();
  const findings = [
    ...outcomes.map(({ finding }) => finding),
    ...plan.beyond.map(({ step, values }) => toBeyondFinding(step, values)),
    ...expressionFindings,
  ];
  const labels = findCommonLabels(alerts);
  return {
    schema: 1,
    id: input.effectId,
    incidentId: input.incidentId,
    seq: input.seq,
    reason: input.reason,
    startedAt,
    finishedAt: clock.now(),
    findings: sortByVerdict(findings),
    about: Object.entries(labels),
    commands: fillCommands(runbook.commands, { labels, findings: indexResults(outcomes) }),
  };
}

/** Gives the connections back as soon as the last SQL check is done. Never throws. */
async function releaseSql(
  { probes, clock }: CheckFrame,
  runs: PlannedStep[],
  checks: Promise<CheckOutcome>[],
): Promise<void> {
  const reading = checks.filter((_, index) => runs[index]?.step.kind === 'sql');
  if (probes.sql === undefined || reading.length === 0) return;
  await Promise.allSettled(reading);
  const timer = new AbortController();
  const late = clock.after(RELEASE_WITHIN, timer.signal);
  await Promise.race([probes.sql.release().catch(() => undefined), late]);
  timer.abort();
}

/**
 * The values for commands: `findings.<step id>`. If a step ran for several values, its first run that needs
 * attention counts, else its first, with its `value`.
 */
function indexResults(outcomes: CheckOutcome[]): CelVariables {
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

const ORDER: Record<Verdict, number> = { attention: 0, normal: 1, unchecked: 2 };

function sortByVerdict(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
}
