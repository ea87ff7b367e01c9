import { SQL_AT_ONCE } from '../../../lib/core/diagnosis/checks/sql-turns.ts';
import { getDeadline } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import type { Runbook, Step } from '../../../lib/core/runbook/runbook.ts';
import { findHighestSeverity, type Severity } from '../../../lib/core/shared/severity.ts';
import { type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import type { Report } from './read-yaml.ts';

/** All checks fit before the notice must leave, even if every server uses up its timeout. */
export function checkBudgets(runbook: Runbook, report: Report): void {
  const severity = severest(runbook);
  const deadline = getDeadline(severity);
  const most = `the ${seconds(deadline)} that a ${severity} notice waits`;
  for (const [i, { timeout }] of runbook.diagnostics.entries()) {
    if (timeout <= deadline) continue;
    report(
      'budget',
      ['diagnostics', i, 'timeout'],
      `a timeout of ${seconds(timeout)} is longer than ${most}`,
    );
  }
  const timeouts = runbook.diagnostics.flatMap((step) =>
    step.kind === 'sql' ? Array<Millis>(runsOf(step)).fill(step.timeout) : [],
  );
  const longest = timeInTurns(timeouts);
  if (longest > deadline && timeouts.every((timeout) => timeout <= deadline)) {
    const runs = `${timeouts.length} sql checks, of which ${SQL_AT_ONCE} run at once,`;
    report('budget', ['diagnostics'], `${runs} may take ${seconds(longest)}, longer than ${most}`);
  }
}

/** The deadline for the severities that the runbook itself can give an incident. */
function severest({ severity, promotions }: Runbook): Severity {
  return findHighestSeverity([severity, ...promotions.map(({ to }) => to)]) ?? severity;
}

function runsOf({ forEach }: Step): number {
  return forEach?.most ?? 1;
}

/** Each step takes the first free turn, in the runbook's order, and holds it for all of its timeout. */
function timeInTurns(timeouts: Millis[]): Millis {
  const freeAt = Array<Millis>(SQL_AT_ONCE).fill(0);
  for (const timeout of timeouts) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    freeAt[first] = (freeAt[first] ?? 0) + timeout;
  }
  return Math.max(...freeAt);
}

function seconds(time: Millis): string {
  return `${time / SECOND} s`;
}
