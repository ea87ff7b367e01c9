import type { AlertDetail } from '../alert/alert.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import { matchesAll } from '../alert/matcher.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import { cleanCell } from './findings/clean-cell.ts';

type Labels = Readonly<Record<string, string>>;

/** One run of a step. */
export type PlannedStep = {
  step: Step;
  /** Labels that all its alerts share; the step may use only these. */
  labels: Labels;
  /** The alerts that it is about. */
  alerts: AlertDetail[];
  /** The label value of this run, for a step with `for_each`. */
  value?: string;
};

export type StepPlan = {
  runs: PlannedStep[];
  /** Values beyond the limit of `for_each`. */
  beyond: { step: Step; values: string[] }[];
};

/**
 * Plans the runs for an incident's alerts, in the runbook's order. On a resolve only the checks under
 * `verification` run. A step with `when` runs only for matching alerts; a step with `for_each` runs once per
 * value, most frequent first.
 */
export function planSteps(runbook: Runbook, reason: NoticeReason, alerts: AlertDetail[]): StepPlan {
  const plan: StepPlan = { runs: [], beyond: [] };
  for (const step of selectSteps(runbook, reason)) {
    const { when, forEach } = step;
    const about = when === undefined ? alerts : alerts.filter((alert) => matchesAll(when, alert.labels));
    if (when !== undefined && about.length === 0) continue;
    if (forEach === undefined) {
      plan.runs.push({ step, labels: findCommonLabels(about), alerts: about });
      continue;
    }
    const byValue = groupByFrequency(about, forEach.label);
    for (const [value, having] of byValue.slice(0, forEach.most)) {
      plan.runs.push({ step, labels: findCommonLabels(having), alerts: having, value });
    }
    const values = byValue.slice(forEach.most).map(([value]) => value);
    if (values.length > 0) plan.beyond.push({ step, values });
  }
  return plan;
}

/** The step with its run's own id, so that each run's finding is distinct and comparable later. */
export function toRunStep({ step, value }: PlannedStep): Step {
  if (value === undefined) return step;
  const shown = cleanCell(value);
  return { ...step, id: `${step.id}:${shown}`, title: `${step.title} (${shown})` };
}

/** Labels that all alerts share. */
export function findCommonLabels(alerts: AlertDetail[]): Record<string, string> {
  return findSharedLabels(alerts.map(({ labels }) => labels));
}

function selectSteps(runbook: Runbook, reason: NoticeReason): Step[] {
  if (reason !== 'resolved' && reason !== 'closed') return runbook.diagnostics;
  return runbook.diagnostics.filter((step) => runbook.verification.includes(step.id));
}

/** Sorts equally frequent values by alphabet, so that a repeated diagnosis checks the same ones. */
function groupByFrequency(alerts: AlertDetail[], label: string): [string, AlertDetail[]][] {
  const having = alerts.filter((alert) => (getLabel(alert.labels, label) ?? '') !== '');
  const groups = Map.groupBy(having, (alert) => getLabel(alert.labels, label) ?? '');
  return [...groups].toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
}
