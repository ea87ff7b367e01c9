import type { CelScope } from '../../../lib/core/diagnosis/expressions/cel.ts';
import { listHoles } from '../../../lib/core/diagnosis/expressions/template.ts';
import type { Runbook, Step } from '../../../lib/core/runbook/runbook.ts';
import type { Path } from './yaml-lines.ts';

/** A text of a runbook that is an expression, or holds some in `{{ }}`. */
export type ExpressionPlace = {
  path: Path;
  form: 'expression' | 'template';
  scope: CelScope;
  text: string;
};

/** Every place of a runbook where CEL may stand, in the order of the file's usual layout. */
export function expressionPlaces(runbook: Runbook): ExpressionPlace[] {
  return [
    ...runbook.diagnostics.flatMap((step, i) => [
      ...ofForm('expression', 'step', ['diagnostics', i], { attention: step.attention }),
      ...ofForm('template', 'step', ['diagnostics', i], { sentence: step.sentence, normal: step.normal }),
      ...readPlaces(step, ['diagnostics', i]),
    ]),
    ...runbook.commands.flatMap(({ command, when }, i) => [
      ...ofForm('template', 'command', ['commands', i], { command }),
      ...ofForm('expression', 'command', ['commands', i], { when }),
    ]),
  ];
}

/** The expressions of a text, with their start positions. */
export function expressionsAt(place: ExpressionPlace): { expression: string; at: number }[] {
  return place.form === 'expression' ? [{ expression: place.text, at: 0 }] : listHoles(place.text);
}

/** The texts of a step's request, which are filled in from labels alone. */
function readPlaces(step: Step, path: Path): ExpressionPlace[] {
  switch (step.kind) {
    case 'sql':
      return ofForm('expression', 'query', [...path, 'params'], step.params);
    case 'promql':
      return ofForm('template', 'query', path, { query: step.query });
    case 'alertmanager':
      return ofForm('template', 'query', [...path, 'match'], step.match);
    case 'kubernetes': {
      const { namespace, deployment, selector, pod } = step;
      const container = step.read === 'logs' ? step.container : undefined;
      return ofForm('template', 'query', path, { namespace, deployment, selector, pod, container });
    }
    case 'http':
      return [
        ...ofForm('template', 'query', path, { path: step.path }),
        ...(step.read === 'health'
          ? ofForm('template', 'query', [...path, 'targets'], step.targets)
          : ofForm('template', 'query', path, { target: step.target })),
      ];
  }
}

function ofForm(
  form: ExpressionPlace['form'],
  scope: CelScope,
  path: Path,
  texts: Record<string, string | undefined> | string[],
): ExpressionPlace[] {
  const entries: [string | number, string | undefined][] = Array.isArray(texts)
    ? [...texts.entries()]
    : Object.entries(texts);
  return entries.flatMap(([key, text]) =>
    text === undefined ? [] : [{ path: [...path, key], form, scope, text }],
  );
}
