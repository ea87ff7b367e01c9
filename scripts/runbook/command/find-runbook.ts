import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import { type Runbook, type RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { UsageError } from '../../command-line/usage-error.ts';

export type FoundRunbook = { runbook: Runbook; isDefault: boolean };

/** The runbook of an alertname. A name without one is a UsageError, unless the default runbook was asked for. */
export function requireRunbook(
  catalog: RunbookCatalog,
  alertname: string | undefined,
  useDefault: boolean,
): FoundRunbook {
  if (alertname === undefined || alertname === '') {
    throw new UsageError(`Which alert? There are runbooks for ${Object.keys(catalog.runbooks).join(', ')}.`);
  }
  const isDefault = !Object.hasOwn(catalog.runbooks, alertname);
  if (isDefault && !useDefault) {
    const near = nearest(alertname, Object.keys(catalog.runbooks));
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new UsageError(
      `There is no runbook for ${alertname}.${meant} With --default the one for every other alert is used.`,
    );
  }
  return { runbook: findRunbook(catalog, alertname), isDefault };
}

/** The name with the fewest changes, if they are few enough for a typing error. */
function nearest(name: string, known: string[]): string | undefined {
  const [best] = known
    .map((each) => ({ each, changes: changesBetween(name.toLowerCase(), each.toLowerCase()) }))
    .toSorted((a, b) => a.changes - b.changes);
  return best && best.changes <= Math.max(3, best.each.length / 2) ? best.each : undefined;
}

/** Characters to insert, drop or replace: Levenshtein's distance. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
