import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = new URL('../../../runbooks/alerts/', import.meta.url);
const runbookSchema = z.looseObject({ alertname: z.string(), impact: z.string() });

/** The impact of an alert in the users' YAML, read without the code under test. */
export function runbookImpact(alertname: string): string {
  const runbooks = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => runbookSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8'))));
  const runbook = runbooks.find((each) => each.alertname === alertname);
  if (runbook === undefined) throw new Error(`no runbook for ${alertname} in runbooks/alerts`);
  return runbook.impact.trim().replace(/\s+/g, ' ');
}
