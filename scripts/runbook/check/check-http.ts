import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import type { Report } from './read-yaml.ts';
import type { Path } from './yaml-lines.ts';

/** The form of names in HTTP_TARGETS. */
const TARGET = /^[A-Za-z0-9][\w.-]*$/;

/** Every http check names its targets by name, never by address, and has a valid pattern for metrics. */
export function checkHttp(runbook: Runbook, report: Report): void {
  for (const [i, step] of runbook.diagnostics.entries()) {
    if (step.kind !== 'http') continue;
    const path: Path = ['diagnostics', i];
    if (step.read === 'metrics') {
      checkTarget(step.target, [...path, 'target'], report);
      if (step.match.includes('{{')) {
        report('http', [...path, 'match'], 'cannot hold {{ }}: a value could mean something as a pattern');
      }
      continue;
    }
    for (const [n, target] of step.targets.entries()) {
      checkTarget(target, [...path, 'targets', n], report);
      if (step.targets.indexOf(target) === n) continue;
      report('http', [...path, 'targets', n], `the target ${target} stands here twice`);
    }
  }
}

function checkTarget(target: string, path: Path, report: Report): void {
  if (TARGET.test(target.replace(/\{\{.*?\}\}/gs, 'x'))) return;
  report(
    'http',
    path,
    `${JSON.stringify(target)} is not the name of a target: HTTP_TARGETS has the addresses`,
  );
}
