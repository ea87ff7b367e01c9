import { findPromqlHoleMistake } from '../../../lib/core/diagnosis/expressions/insert-safely.ts';
import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { promqlMistakes } from './promql-mistakes.ts';
import type { Report } from './read-yaml.ts';
import type { Path } from './yaml-lines.ts';

/** Every query is PromQL once its holes are filled, and has holes only where a value is safe. */
export function checkPromql(runbook: Runbook, report: Report): void {
  for (const [i, step] of runbook.diagnostics.entries()) {
    if (step.kind !== 'promql') continue;
    const path: Path = ['diagnostics', i, 'query'];
    const hole = findPromqlHoleMistake(step.query);
    // Of the same length as the hole, so that positions stay true.
    const filled = step.query.replace(/\{\{.*?\}\}/gs, (text) => 'x'.repeat(text.length));
    const mistakes = hole === undefined ? promqlMistakes(filled) : [hole];
    for (const { message, at } of mistakes) report('promql', path, message, { text: step.query, at });
  }
}
