import { fillName, fillScope } from '../../../lib/core/diagnosis/checks/kubernetes-scope.ts';
import type { ProbeResult } from '../../../lib/core/diagnosis/checks/probe.ts';
import { listMembers } from '../../../lib/core/diagnosis/expressions/cel.ts';
import { findTemplateMistakes, listHoles } from '../../../lib/core/diagnosis/expressions/template.ts';
import type { KubernetesStep, Runbook } from '../../../lib/core/runbook/runbook.ts';
import type { Report } from './read-yaml.ts';
import type { Path } from './yaml-lines.ts';

/** Every kubernetes check uses names that are valid in Kubernetes, once its labels are filled in. */
export function checkCluster(runbook: Runbook, report: Report): void {
  for (const [i, step] of runbook.diagnostics.entries()) {
    if (step.kind === 'kubernetes') checkStep(step, ['diagnostics', i], report);
  }
}

function checkStep(step: KubernetesStep, path: Path, report: Report): void {
  const { namespace, deployment, pod, selector } = step;
  const container = step.read === 'logs' ? step.container : undefined;
  for (const [what, template] of Object.entries({ namespace, deployment, pod, container })) {
    if (template === undefined || !isKind(what)) continue;
    if (!isSound(template)) continue;
    refuse(what, fillName(what, template, likelyLabels(template)));
  }
  if (selector !== undefined && isSound(selector)) {
    refuse('selector', fillScope({ namespace: 'x', selector }, likelyLabels(selector)));
  }
  if (step.read === 'logs' && step.grep?.includes('{{')) {
    report('kubernetes', [...path, 'grep'], 'cannot hold {{ }}: a value could mean something as a pattern');
  }

  function refuse(key: string, filled: ProbeResult<unknown>): void {
    if (filled.kind === 'failed') report('kubernetes', [...path, key], filled.reason);
  }
}

/** Invalid expressions are reported elsewhere. */
function isSound(template: string): boolean {
  return findTemplateMistakes(template, 'query').length === 0;
}

function isKind(what: string): what is Parameters<typeof fillName>[0] {
  return ['namespace', 'deployment', 'pod', 'container'].includes(what);
}

/** Each label that a template needs, with a value that is a valid name of any object. */
function likelyLabels(template: string): Record<string, string> {
  const names = listHoles(template).flatMap(({ expression }) => listMembers(expression, 'labels'));
  return Object.fromEntries(names.map(({ name }) => [name, 'x']));
}
