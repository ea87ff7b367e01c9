import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../compile-runbooks.ts';
import { runbooksFolder } from './arguments.ts';
import { type FoundRunbook, requireRunbook } from './find-runbook.ts';

/** Options of the commands that are about one alert. */
export const alertOptions = {
  labels: { type: 'string', multiple: true, default: [] as string[] },
  source: { type: 'string', default: 'local' },
  default: { type: 'boolean', default: false },
  folder: { type: 'string' },
} as const;

/** What the help says of those that mean the same everywhere. */
export const ALERT_OPTIONS_HELP = `\
  --source NAME      the monitoring system that it comes from (local)
  --default          use the default runbook for an alert that has none of its own
  --folder FOLDER    read the runbooks of another folder than runbooks/`;

/** The runbook that such a command is asked for. What it cannot be asked for is a UsageError; throws RunbookMistakes. */
export function askedRunbook(
  { folder, default: useDefault }: { folder?: string | undefined; default: boolean },
  alertname: string | undefined,
): FoundRunbook & { catalog: RunbookCatalog } {
  const catalog = compileRunbooks(runbooksFolder(folder).folder);
  return { catalog, ...requireRunbook(catalog, alertname, useDefault) };
}
