import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { checkBudgets } from './check-budgets.ts';
import { checkCluster } from './check-cluster.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkHttp } from './check-http.ts';
import { checkLabels } from './check-labels.ts';
import { checkPromql } from './check-promql.ts';
import { checkReferences } from './check-references.ts';
import { checkSql } from './check-sql.ts';
import type { ReadYaml } from './read-yaml.ts';

export type CheckOptions = {
  /** By name, from escalation.yaml. */
  policies: object;
  /** default.yaml is for alerts of any name, so its labels are unknown. */
  anyLabels: boolean;
};

/** All checks of a runbook that need no server. Each mistake is noted with its place. */
export function checkRunbook({ value, report }: ReadYaml<Runbook>, options: CheckOptions): void {
  checkReferences(value, options.policies, report);
  checkExpressions(value, report);
  if (!options.anyLabels) checkLabels(value, report);
  checkSql(value, report);
  checkPromql(value, report);
  checkCluster(value, report);
  checkHttp(value, report);
  checkBudgets(value, report);
}
