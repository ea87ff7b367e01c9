import type { AlertDetail } from '../alert/alert.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import { matchesAll } from '../alert/matcher.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import { cleanCell } from './findings/clean-cell.ts';

type Labels = Readonly<Record<string, string>>;

/** A step to be run once. */
export type PlannedStep = {
  step: Step;
  /** Labels that all alerts it is about share: what it may rely on. */
  labels: Labels;
  /** The alerts it is about. */
  alerts: AlertDetail[];
  /** For a step that runs for each value of a label: the value of this run. */
  value?: string;
};

export type StepPlan = {
  runs: PlannedStep[];
  /** Values beyond a step's `for_each` bound. */
  beyond: { step: Step; values: string[] }[];
};

/**
 * What runs for an incident's alerts, in the runbook's order: on a resolve only the checks under `verification`; a step
 * with `when` only for the alerts that match, if any; a step with `for_each` once for each value, most frequent first.
 */
export function planSteps(runbook: Runbook, reason: NoticeReason, alerts: AlertDetail[]): StepPlan {
  const plan: StepPlan = { runs: [], beyond: [] };
  for (const step of stepsFor(runbook, reason)) {
    const { when, forEach } = step;
    const about = when === undefined ? alerts : alerts.filter((alert) => matchesAll(when, alert.labels));
    if (when !== undefined && about.length === 0) continue;
    if (forEach === undefined) {
      plan.runs.push({ step, labels: findCommonLabels(about), alerts: about });
      continue;
    }
    const byValue = byFrequency(about, forEach.label);
    for (const [value, having] of byValue.slice(0, forEach.most)) {
      plan.runs.push({ step, labels: findCommonLabels(having), alerts: having, value });
    }
    const values = byValue.slice(forEach.most).map(([value]) => value);
    if (values.length > 0) plan.beyond.push({ step, values });
  }
  return plan;
}

/** The step under the name of its run, so that each run's finding is told apart and compared with itself later. */
export function toRunStep({ step, value }: PlannedStep): Step {
  if (value === undefined) return step;
  const shown = cleanCell(value);
  return { ...step, id: `${step.id}:${shown}`, title: `${step.title} (${shown})` };
}

/** Labels that all alerts share. */
export function findCommonLabels(alerts: AlertDetail[]): Record<string, string> {
  return findSharedLabels(alerts.map(({ labels }) => labels));
}

function stepsFor(runbook: Runbook, reason: NoticeReason): Step[] {
  if (reason !== 'resolved' && reason !== 'closed') return runbook.diagnostics;
  return runbook.diagnostics.filter((step) => runbook.verification.includes(step.id));
}

/** Values that occur equally often in the order of the alphabet, so that a repeated diagnosis looks at the same ones. */
function byFrequency(alerts: AlertDetail[], label: string): [string, AlertDetail[]][] {
  const having = alerts.filter((alert) => (getLabel(alert.labels, label) ?? '') !== '');
  const groups = Map.groupBy(having, (alert) => getLabel(alert.labels, label) ?? '');
  return [...groups].toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
}
