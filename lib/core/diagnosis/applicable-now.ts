import { findSharedLabels, getLabel } from '../alert/labels.ts';
import type { Runbook, StepScope } from '../runbook/runbook.ts';
import { fillCommands } from './fill-commands.ts';
import { cleanCell } from './findings/clean-cell.ts';
import { type Diagnosis, type FilledCommand, type Finding, parseRunId } from './findings/finding.ts';

type Labels = Readonly<Record<string, string>>;

export type Applicable = {
  findings: Finding[];
  commands: FilledCommand[];
  /** It is about alerts that no longer fire, and no diagnosis covers those that do. */
  outdated: boolean;
};

/**
 * Selects the parts of a diagnosis that hold for the alerts that fire now. All of it holds while one of them
 * has the diagnosis' labels. Otherwise only findings independent of labels hold, and commands are filled in
 * again from the firing labels. If `firing` is empty, because nothing fires or labels are unknown, all of it
 * holds. docs/adr/0020.
 */
export function selectApplicable(
  runbook: Runbook,
  diagnosis: Diagnosis | undefined,
  firing: Labels[],
): Applicable {
  if (diagnosis === undefined) return { findings: [], commands: [], outdated: false };
  const { findings, commands, about = [] } = diagnosis;
  const needed = about.filter(([name]) => name !== 'severity');
  const fits = firing.some((labels) => needed.every(([name, value]) => getLabel(labels, name) === value));
  if (firing.length === 0 || fits)
    return { findings: dropStaleRuns(runbook, findings, firing), commands, outdated: false };
  return {
    findings: findings.filter(({ stepId }) => isIndependent(runbook, stepId)),
    commands: fillCommands(
      runbook.commands.filter(({ when }) => when === undefined || !when.includes('findings')),
      { labels: findSharedLabels(firing), findings: {} },
    ),
    outdated: true,
  };
}

/** Drops the runs of a step for values that no firing alert has. */
function dropStaleRuns(runbook: Runbook, findings: Finding[], firing: Labels[]): Finding[] {
  if (firing.length === 0) return findings;
  return findings.filter(({ stepId }) => {
    const { value } = parseRunId(stepId);
    const label = scopeOf(runbook, stepId)?.label;
    if (label === undefined || value === undefined || value === 'beyond') return true;
    return firing.some((labels) => cleanCell(getLabel(labels, label)) === value);
  });
}

/** Whether a check makes the same request whatever the alert's labels are. */
function isIndependent(runbook: Runbook, stepId: string): boolean {
  return scopeOf(runbook, stepId)?.independent === true;
}

function scopeOf({ stepScopes }: Runbook, stepId: string): StepScope | undefined {
  const { step } = parseRunId(stepId);
  return Object.hasOwn(stepScopes, step) ? stepScopes[step] : undefined;
}
