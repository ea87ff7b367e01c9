import { findSharedLabels, getLabel } from '../alert/labels.ts';
import type { Runbook, StepScope } from '../runbook/runbook.ts';
import { fillCommands } from './fill-commands.ts';
import { cleanCell } from './findings/clean-cell.ts';
import { type Diagnosis, type FilledCommand, type Finding, parseRunId } from './findings/finding.ts';

type Labels = Readonly<Record<string, string>>;

export type Applicable = {
  findings: Finding[];
  commands: FilledCommand[];
  /** It was made for alerts that fire no more, and nothing has looked at those that do. */
  outdated: boolean;
};

/**
 * What of a diagnosis holds for the alerts that fire now: all of it as long as one of them has the labels that it was made
 * for. Otherwise only findings that do not go by labels, and commands filled in again from the labels of what fires.
 * `firing` is empty once nothing fires, or where no labels are known: then it is taken as it is. docs/adr/0020.
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
    return { findings: stillThere(runbook, findings, firing), commands, outdated: false };
  return {
    findings: findings.filter(({ stepId }) => isIndependent(runbook, stepId)),
    commands: fillCommands(
      runbook.commands.filter(({ when }) => when === undefined || !when.includes('findings')),
      { labels: findSharedLabels(firing), findings: {} },
    ),
    outdated: true,
  };
}

/** Without the runs of a step for values that no alert has any more. */
function stillThere(runbook: Runbook, findings: Finding[], firing: Labels[]): Finding[] {
  if (firing.length === 0) return findings;
  return findings.filter(({ stepId }) => {
    const { value } = parseRunId(stepId);
    const label = scopeOf(runbook, stepId)?.label;
    if (label === undefined || value === undefined || value === 'beyond') return true;
    return firing.some((labels) => cleanCell(getLabel(labels, label)) === value);
  });
}

/** A check of the runbook that asks the same whatever the alert's labels are. */
function isIndependent(runbook: Runbook, stepId: string): boolean {
  return scopeOf(runbook, stepId)?.independent === true;
}

function scopeOf({ stepScopes }: Runbook, stepId: string): StepScope | undefined {
  const { step } = parseRunId(stepId);
  return Object.hasOwn(stepScopes, step) ? stepScopes[step] : undefined;
}
