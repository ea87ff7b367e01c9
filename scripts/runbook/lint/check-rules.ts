import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import type { Mistake } from '../check/mistake.ts';
import type { ReadYaml } from '../check/read-yaml.ts';
import { outputLabels } from './output-labels.ts';
import type { AlertRule } from './rule-files.ts';

/**
 * Rules and runbooks belong together. A rule without a runbook is a warning: people get its alert with the default
 * runbook. A runbook that no rule names, and a label that none of its rules sets, are errors: they never take effect.
 * Labels that Prometheus adds to all alerts (external_labels) are in no rule. A runbook that needs one of them cannot
 * be checked against its rules.
 */
export function checkRules(rules: AlertRule[], runbooks: ReadYaml<Runbook>[]): Mistake[] {
  const byAlert = Map.groupBy(rules, ({ alert }) => alert);
  for (const { value, report } of runbooks) {
    const own = byAlert.get(value.alertname);
    if (own === undefined) {
      report('rules', ['alertname'], `no rule has an alert ${value.alertname}: this is never used`);
    } else checkLabels(own, value, report);
  }
  const known = new Set(runbooks.map(({ value }) => value.alertname));
  return [...byAlert].flatMap(([alert, [rule]]): Mistake[] => {
    if (known.has(alert) || rule === undefined) return [];
    const message = `the alert ${alert} has no runbook: the default one is used`;
    return [{ file: rule.file, line: rule.line, severity: 'warning', rule: 'rules', message }];
  });
}

function checkLabels(rules: AlertRule[], runbook: Runbook, report: ReadYaml<Runbook>['report']): void {
  const [first] = rules;
  const sets = rules.map(labelsOf);
  if (!first || sets.includes(undefined)) return;
  const set = new Set(sets.flatMap((labels) => [...(labels ?? [])]));
  const where = rules.length === 1 ? `${first.file}:${first.line}` : `none of its ${rules.length} rules`;
  for (const key of ['labels', 'group_by'] as const) {
    const names = key === 'labels' ? runbook.labels : runbook.groupBy;
    for (const [i, label] of names.entries()) {
      if (set.has(label)) continue;
      const never = rules.length === 1 ? `is never set by the rule in ${where}` : `is set by ${where}`;
      report('rules', [key, i], `the label ${label} ${never}`);
    }
  }
}

/** All labels that alerts of a rule can have; `undefined` when only the metrics could tell. */
function labelsOf({ expr, labels }: AlertRule): ReadonlySet<string> | undefined {
  const output = outputLabels(expr);
  return output && new Set(['alertname', ...output, ...labels]);
}
