import { escapePromql } from '../../../lib/core/diagnosis/expressions/insert-safely.ts';
import { fillTemplate } from '../../../lib/core/diagnosis/expressions/template.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { firedLabels } from './fired-labels.ts';
import { ourRunbooks } from './our-runbooks.ts';

/** A PromQL step of a runbook, as sent for an alert of the sample world. */
export type RunbookQuery = { step: string; query: string; range?: Millis };

/** Every query of runbooks/, for the first of the alerts that fire. */
export function runbookQueries(): RunbookQuery[] {
  return Object.values(ourRunbooks.runbooks).flatMap(({ alertname, diagnostics }) => {
    const [labels = {}] = firedLabels(alertname);
    return diagnostics.flatMap((step) => {
      if (step.kind !== 'promql') return [];
      const query = fillTemplate(step.query, { labels }, escapePromql);
      if (query === undefined)
        throw new Error(`${alertname}, ${step.id}: a label of its query is not played`);
      const { range } = step;
      return [{ step: `${alertname}, ${step.id}`, query, range }];
    });
  });
}
