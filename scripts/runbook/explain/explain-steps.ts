import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import { type Matcher, matchesAll } from '../../../lib/core/alert/matcher.ts';
import { readStep } from '../../../lib/core/diagnosis/checks/read-step.ts';
import { type PlannedStep, planSteps, toRunStep } from '../../../lib/core/diagnosis/plan-steps.ts';
import { getBounds } from '../../../lib/core/diagnosis/run-check.ts';
import type { Runbook, Step, StepKind } from '../../../lib/core/runbook/runbook.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { type AskedFor, recordingProbes } from './recording-probes.ts';

/** A check that would run, with its request. */
export type ExplainedStep = {
  id: string;
  title: string;
  kind: StepKind;
  asks: AskedFor[];
  /** Why it could not send a request. */
  problem?: string;
  timeoutMs: Millis;
  mostRows: number;
  mostBytes: number;
  /** Whether it runs again when the incident has resolved. */
  verifies: boolean;
};

/** A check that would not run, and why. */
export type LeftOut = { id: string; title: string; why: string };

/** The requests of a diagnosis of these alerts, made by the code that reads them, without calling any server. */
export async function explainSteps(
  runbook: Runbook,
  about: { alerts: AlertDetail[]; source: string; now: Millis },
): Promise<{ steps: ExplainedStep[]; leftOut: LeftOut[] }> {
  const { alerts, source, now } = about;
  const plan = planSteps(runbook, 'opened', alerts);
  const steps = await Promise.all(plan.runs.map((run) => explainRun(run, runbook.verification, source, now)));
  const planned = new Set(plan.runs.map(({ step }) => step.id));
  const skipped = runbook.diagnostics.filter(({ id }) => !planned.has(id));
  return {
    steps,
    leftOut: [
      ...skipped.map((step) => ({ id: step.id, title: step.title, why: whyNot(step, alerts) })),
      ...plan.beyond.map(({ step, values }) => ({
        id: step.id,
        title: step.title,
        why: `beyond the first ${step.forEach?.most ?? 0} values: ${values.join(', ')}`,
      })),
    ],
  };
}

async function explainRun(
  run: PlannedStep,
  verification: string[],
  source: string,
  now: Millis,
): Promise<ExplainedStep> {
  const { probes, asked } = recordingProbes();
  const { timeoutMs, maxRows, maxBytes, signal } = getBounds(run.step.timeout, AbortSignal.abort());
  const bounds = { timeoutMs, maxRows, maxBytes, signal };
  const reading = await readStep(run.step, {
    source,
    labels: run.labels,
    eachLabels: run.alerts.map(({ labels }) => labels),
    at: now,
    probes,
    bounds,
  });
  const { id, title, kind } = toRunStep(run);
  return {
    id,
    title,
    kind,
    asks: asked,
    problem: asked.length === 0 && reading.kind === 'failed' ? reading.reason : undefined,
    timeoutMs,
    mostRows: maxRows,
    mostBytes: maxBytes,
    verifies: verification.includes(run.step.id),
  };
}

function whyNot({ when, forEach }: Step, alerts: AlertDetail[]): string {
  if (when && !alerts.some(({ labels }) => matchesAll(when, labels)))
    return `only when ${matchersText(when)}`;
  return forEach ? `the alert has no label ${forEach.label}` : 'it is not planned';
}

/** In Alertmanager's syntax. */
function matchersText(matchers: Matcher[]): string {
  return matchers
    .map(({ label, operator, value }) => `${label}${operator}${JSON.stringify(value)}`)
    .join(', ');
}
