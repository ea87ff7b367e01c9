import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../compile-runbooks.ts';
import { runbooksFolder } from './arguments.ts';
import { type FoundRunbook, requireRunbook } from './find-runbook.ts';

/** Options of the commands about one alert. */
export const alertOptions = {
  labels: { type: 'string', multiple: true, default: [] as string[] },
  source: { type: 'string', default: 'local' },
  default: { type: 'boolean', default: false },
  folder: { type: 'string' },
} as const;

/** The help of the options that mean the same everywhere. */
export const ALERT_OPTIONS_HELP = `\
  --source NAME      the monitoring system that it comes from (local)
  --default          use the default runbook for an alert that has none of its own
  --folder FOLDER    read the runbooks of another folder than runbooks/`;

/** The runbook for such a command. An unknown alert is a UsageError; throws RunbookMistakes. */
export function askedRunbook(
  { folder, default: useDefault }: { folder?: string | undefined; default: boolean },
  alertname: string | undefined,
): FoundRunbook & { catalog: RunbookCatalog } {
  const catalog = compileRunbooks(runbooksFolder(folder).folder);
  return { catalog, ...requireRunbook(catalog, alertname, useDefault) };
}
