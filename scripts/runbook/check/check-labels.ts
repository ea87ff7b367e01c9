import type { Matcher } from '../../../lib/core/alert/matcher.ts';
import { listMembers } from '../../../lib/core/diagnosis/expressions/cel.ts';
import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { expressionPlaces, expressionsAt } from './expression-places.ts';
import type { Report } from './read-yaml.ts';
import type { Path, Within } from './yaml-lines.ts';

/**
 * Every label in a runbook is one that its alerts have: alertname, severity, those under `labels`, and those of
 * `group_by`. A mistyped label would never be found, and everything that needs it would silently be left out.
 */
export function checkLabels(runbook: Runbook, report: Report): void {
  const known = new Set(['alertname', 'severity', ...runbook.labels, ...runbook.groupBy]);
  const listed = runbook.labels.length === 0 ? 'it lists none' : runbook.labels.join(', ');
  const check = (label: string, shown: string, path: Path, within?: Within) => {
    if (known.has(label)) return;
    report('labels', path, `${shown} is not among this runbook's labels (${listed})`, within);
  };
  const checkMatchers = (when: Matcher[] | undefined, path: Path) => {
    for (const { label } of when ?? []) check(label, `the label ${label}`, path);
  };

  for (const place of expressionPlaces(runbook)) {
    for (const { expression, at } of expressionsAt(place)) {
      for (const label of listMembers(expression, 'labels')) {
        check(label.name, `labels.${label.name}`, place.path, { text: place.text, at: at + label.at });
      }
    }
  }
  for (const [i, step] of runbook.diagnostics.entries()) {
    const path: Path = ['diagnostics', i];
    checkMatchers(step.when, [...path, 'when']);
    if (step.forEach) {
      check(step.forEach.label, `the label ${step.forEach.label}`, [...path, 'for_each', 'label']);
    }
    if (step.kind !== 'alertmanager') continue;
    for (const [n, label] of (step.sharing ?? []).entries()) {
      check(label, `the label ${label}`, [...path, 'sharing', n]);
    }
  }
  for (const [i, { when }] of runbook.response.entries()) checkMatchers(when, ['response', i, 'when']);
  for (const [i, promotion] of runbook.promotions.entries()) {
    if (promotion.kind !== 'distinct-values') continue;
    check(promotion.label, `the label ${promotion.label}`, ['promotions', i, 'label']);
  }
}
