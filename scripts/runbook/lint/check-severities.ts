import { readSeverity } from '../../../lib/core/grouping/map-severity.ts';
import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { Mistake } from '../check/mistake.ts';
import { isHeartbeat } from './check-rules.ts';
import type { AlertRule } from './rule-files.ts';

/** Rules whose severity is unknown to severities.yaml, once for each rule. A heartbeat opens no incident. */
export function checkSeverities(rules: AlertRule[], catalog: RunbookCatalog): Mistake[] {
  return rules.flatMap(({ alert, severity: written, file, line }): Mistake[] => {
    if (written === undefined || isHeartbeat(alert, catalog.heartbeat)) return [];
    const labels = { severity: written };
    const { severity, unknown } = readSeverity(catalog, findRunbook(catalog, alert), labels);
    if (unknown === undefined) return [];
    const message = `severities.yaml does not know the severity ${unknown} of ${alert}: it is taken for ${severity}`;
    return [{ file, line, severity: 'warning', rule: 'rules', message }];
  });
}
