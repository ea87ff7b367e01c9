import type { HeartbeatRules, Runbook } from '../../../lib/core/runbook/runbook.ts';
import type { Mistake } from '../check/mistake.ts';
import type { ReadYaml } from '../check/read-yaml.ts';
import { outputLabels } from './output-labels.ts';
import type { AlertRule, ReadRules } from './rule-files.ts';

/**
 * Rules and runbooks belong together. A rule without a runbook is a warning: people get its alert with the default
 * runbook. A runbook that no rule names, and a label that none of its rules sets, are errors: they never take effect.
 * Labels that Prometheus adds to all alerts (external_labels) are in no rule. A runbook that needs one of them cannot
 * be checked against its rules.
 *
 * Where a document could not be read, what no rule has may be in it. Then that is said, and nothing concluded.
 */
export function checkRules(
  { rules, unseen }: Pick<ReadRules, 'rules' | 'unseen'>,
  runbooks: ReadYaml<Runbook>[],
  heartbeat: HeartbeatRules | undefined,
): Mistake[] {
  const byAlert = Map.groupBy(rules, ({ alert }) => alert);
  for (const { value, report } of runbooks) {
    const own = byAlert.get(value.alertname);
    if (own !== undefined) checkLabels(own, unseen, value, report);
    else if (unseen > 0) {
      const message = `whether a rule has an alert ${value.alertname} could not be seen: ${countSkipped(unseen)}`;
      report('rules', ['alertname'], message, undefined, 'warning');
    } else report('rules', ['alertname'], `no rule has an alert ${value.alertname}: this is never used`);
  }
  const known = new Set(runbooks.map(({ value }) => value.alertname));
  return [...byAlert].flatMap(([alert, [rule]]): Mistake[] => {
    if (known.has(alert) || rule === undefined) return [];
    const { file, line } = rule;
    return isHeartbeat(alert, heartbeat)
      ? [{ file, line, severity: 'note', rule: 'rules', message: describeHeartbeat(alert) }]
      : [{ file, line, severity: 'warning', rule: 'rules', message: describeUnknown(alert) }];
  });
}

/** Whether any source takes alerts of this name for its heartbeat. */
export function isHeartbeat(alert: string, heartbeat: HeartbeatRules | undefined): boolean {
  if (heartbeat === undefined) return false;
  const rules = [heartbeat.defaultRule, ...Object.values(heartbeat.sources)];
  return rules.some(({ alertname }) => alertname === alert);
}

function describeHeartbeat(alert: string): string {
  return `${alert} is the heartbeat (heartbeat.yaml): it says that its source is alive, and needs no runbook`;
}

function describeUnknown(alert: string): string {
  return `the alert ${alert} has no runbook: the default one is used`;
}

function countSkipped(unseen: number): string {
  return unseen === 1 ? '1 document was skipped' : `${unseen} documents were skipped`;
}

function checkLabels(
  rules: AlertRule[],
  unseen: number,
  runbook: Runbook,
  report: ReadYaml<Runbook>['report'],
): void {
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
      const message = `the label ${label} ${never}`;
      if (unseen === 0) report('rules', [key, i], message);
      else {
        const doubt = `${message}; whether another rule sets it could not be seen: ${countSkipped(unseen)}`;
        report('rules', [key, i], doubt, undefined, 'warning');
      }
    }
  }
}

/** All labels that alerts of a rule can have; `undefined` when only the metrics could tell. */
function labelsOf({ expr, labels }: AlertRule): ReadonlySet<string> | undefined {
  const output = outputLabels(expr);
  return output && new Set(['alertname', ...output, ...labels]);
}
