import type { KubernetesStep, Runbook } from '../../lib/core/runbook/runbook.ts';
import type { Report } from './read-yaml.ts';
import type { Path } from './yaml-lines.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const LABEL = '(?:[a-z0-9.-]+/)?[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?';
const VALUE = '[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?';
/** `app=api, tier!=db, env in (a, b), !legacy` */
const REQUIREMENT = new RegExp(
  `^(?:!\\s*${LABEL}|${LABEL}(?:\\s*(?:==?|!=)\\s*(?:${VALUE})?|\\s+(?:in|notin)\\s*\\(\\s*${VALUE}(?:\\s*,\\s*${VALUE})*\\s*\\))?)$`,
);

/** Every kubernetes check says which pods it is about in one way, with names that Kubernetes can have. */
export function checkCluster(runbook: Runbook, report: Report): void {
  for (const [i, step] of runbook.diagnostics.entries()) {
    if (step.kind === 'kubernetes') checkStep(step, ['diagnostics', i], report);
  }
}

function checkStep(step: KubernetesStep, path: Path, report: Report): void {
  const [first, ...others] = (['deployment', 'selector', 'pod'] as const).filter(
    (key) => step[key] !== undefined,
  );
  for (const key of others) {
    report(
      'kubernetes',
      [...path, key],
      `${first} says already which pods: only one of the two can stand here`,
    );
  }
  for (const key of ['namespace', 'deployment', 'pod'] as const) {
    const text = step[key];
    if (text === undefined || NAME.test(withoutHoles(text))) continue;
    report('kubernetes', [...path, key], `${key}: ${JSON.stringify(text)} is not a name in Kubernetes`);
  }
  if (step.selector !== undefined && !isSelector(withoutHoles(step.selector))) {
    report('kubernetes', [...path, 'selector'], 'must be a label selector like app.kubernetes.io/name=api');
  }
  if (step.read === 'logs' && step.grep?.includes('{{')) {
    report('kubernetes', [...path, 'grep'], 'cannot hold {{ }}: a value could mean something as a pattern');
  }
}

/** As it may look when it is filled. */
function withoutHoles(template: string): string {
  return template.replace(/\{\{.*?\}\}/gs, 'x');
}

function isSelector(text: string): boolean {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return parts.every((part) => REQUIREMENT.test(part));
}
