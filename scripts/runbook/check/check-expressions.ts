import { findCelMistake } from '../../../lib/core/diagnosis/expressions/cel.ts';
import { findTemplateMistakes } from '../../../lib/core/diagnosis/expressions/template.ts';
import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { expressionPlaces } from './expression-places.ts';
import type { Report } from './read-yaml.ts';

/** Every expression compiles, and uses only variables that are known in its place. */
export function checkExpressions(runbook: Runbook, report: Report): void {
  for (const { path, form, scope, text } of expressionPlaces(runbook)) {
    if (form === 'template') {
      for (const { message, at } of findTemplateMistakes(text, scope)) {
        report('expressions', path, message, { text, at });
      }
      continue;
    }
    const mistake = findCelMistake(text, scope);
    if (mistake === undefined) continue;
    report('expressions', path, `not a valid expression: ${mistake.message}`, { text, at: mistake.at });
  }
}
