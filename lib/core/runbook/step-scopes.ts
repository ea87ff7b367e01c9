import type { Step, StepScope } from './runbook.ts';

/** The scope of each step, by id. Made at build time, because who delivers notices has no steps. */
export function describeStepScopes(steps: readonly Step[]): Record<string, StepScope> {
  return Object.fromEntries(
    steps.map((step) => {
      const independent = step.when === undefined && step.forEach === undefined && !goesByLabels(step);
      const scope = { independent, label: step.forEach?.label };
      return [step.id, scope] as const;
    }),
  );
}

function goesByLabels(step: Step): boolean {
  return step.kind === 'alertmanager' || /\blabels\b/.test(JSON.stringify(step));
}
