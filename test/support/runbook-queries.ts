import { fileURLToPath } from 'node:url';
import { promqlEscaped } from '../../lib/core/diagnosis/insert-safely.ts';
import { fillTemplate } from '../../lib/core/diagnosis/template.ts';
import type { Millis } from '../../lib/core/shared/time.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';

/** A PromQL step of a runbook, as it is asked for an alert of the sample world. */
export type RunbookQuery = { step: string; query: string; range?: Millis };

/** Labels of the alerts that are played in the sample world. */
const labels: Record<string, string> = {
  agent: 'technical-agent',
  service: 'api',
  namespace: 'cryptofunk',
  pod: 'api-5d8f9c7b46-q7w2m',
  container: 'api',
  persistentvolumeclaim: 'postgres-pvc',
  symbol: 'BTC/USDT',
  operation: 'semantic_search',
  instance: 'api:8080',
  session_id: '7f3a',
};
const labelsOf: Record<string, Record<string, string>> = {
  CircuitBreakerOpen: { ...labels, service: 'exchange' },
};

/** Every query of runbooks/, compiled now. */
export function runbookQueries(): RunbookQuery[] {
  const { runbooks } = compileRunbooks(fileURLToPath(new URL('../../runbooks', import.meta.url)));
  return Object.values(runbooks).flatMap(({ alertname, diagnostics }) =>
    diagnostics.flatMap((step) => {
      if (step.kind !== 'promql') return [];
      const filled = { labels: labelsOf[alertname] ?? labels };
      const query = fillTemplate(step.query, filled, promqlEscaped);
      if (query === undefined)
        throw new Error(`${alertname}, ${step.id}: a label of its query is not played`);
      const { range } = step;
      return [{ step: `${alertname}, ${step.id}`, query, ...(range === undefined ? {} : { range }) }];
    }),
  );
}
