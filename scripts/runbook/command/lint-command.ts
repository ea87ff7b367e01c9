import { statSync } from 'node:fs';
import type { CommandCall } from '../../command-line/command.ts';
import { readArguments } from '../../command-line/read-arguments.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { inReadingOrder, type Mistake, mistakeText } from '../check/mistake.ts';
import { readCatalog } from '../check/read-catalog.ts';
import { checkCategories } from '../lint/check-categories.ts';
import { checkModelines } from '../lint/check-modelines.ts';
import { checkRules } from '../lint/check-rules.ts';
import { checkSeverities } from '../lint/check-severities.ts';
import { checkSlack } from '../lint/check-slack.ts';
import { readRuleFiles } from '../lint/rule-files.ts';
import { READ_KINDS } from '../lint/rule-places.ts';
import { runbooksFolder } from './arguments.ts';

const HELP = `Usage: npm run runbook -- lint [--rules FILE]… [--json] [FOLDER]

Checks the runbooks of FOLDER (runbooks/): everything that stops the build, and beyond it what Slack would show of
each notice at its longest, and whether each file names its schema for editors.

  --rules FILE   ${READ_KINDS.slice(0, -' and ConfigMap'.length)},
                 and ConfigMap with rule files in it, as YAML or JSON; a pattern in quotes may stand for several.
                 An alert without a runbook, and a severity that severities.yaml does not know, are warnings; a
                 runbook whose alert no rule has, and a label that the alert's rules never set, are errors. Labels
                 are looked at only where the rule alone decides them. Anything else is named as skipped, and
                 then what no rule has is no error, because it could not be seen.
  --json         a list of {file, line, severity, rule, message} instead of lines
  --help         show this

Exit codes: 0 nothing to mend, although there may be notes, 1 errors or warnings, 2 called wrongly.`;

export async function lintCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: 'npm run runbook -- lint', help: HELP }, call, {
    rules: { type: 'string', multiple: true, default: [] },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  const { folders, files } = sorted(positionals, values.rules.length > 0);
  const { mistakes, counted } = lint(runbooksFolder(folders[0]), [...values.rules, ...files]);
  if (values.json) call.console.log(JSON.stringify(mistakes, null, 2));
  else call.console.log([...mistakes.map(mistakeText), summary(mistakes, counted)].join('\n'));
  return mistakes.every(({ severity }) => severity === 'note') ? 0 : 1;
}

/** A shell that expands a pattern passes all but the first rule file as separate arguments. */
function sorted(given: string[], withRules: boolean): { folders: string[]; files: string[] } {
  const files = given.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  const folders = given.filter((path) => !files.includes(path));
  const [file] = files;
  if (file !== undefined && !withRules) throw new UsageError(`${file} is not a folder.`);
  if (folders.length > 1) throw new UsageError(`There can be one folder, not ${folders.join(' and ')}.`);
  return { folders, files };
}

function lint(
  { folder, shownAs }: { folder: string; shownAs: string },
  ruleFiles: string[],
): { mistakes: Mistake[]; counted: string } {
  const read = readRuleFiles(ruleFiles);
  const { catalog, files, runbooks, defaultRunbook, routing, mistakes } = readCatalog(folder, shownAs);
  checkModelines(files);
  if (catalog) {
    for (const runbook of [...runbooks, ...(defaultRunbook ? [defaultRunbook] : [])])
      checkSlack(catalog, runbook);
  }
  if (catalog && routing) checkCategories(routing, catalog);
  const about = ruleFiles.length === 0 ? [] : checkRules(read, runbooks, catalog?.heartbeat);
  if (catalog) about.push(...checkSeverities(read.rules, catalog));
  return {
    mistakes: inReadingOrder([...read.mistakes, ...mistakes, ...about]),
    counted: `${plural(runbooks.length, 'runbook')}${ruleFiles.length === 0 ? '' : ` and ${plural(read.rules.length, 'alerting rule')}`}`,
  };
}

/** `2 errors and 1 warning in 19 runbooks` */
function summary(mistakes: Mistake[], counted: string): string {
  const errors = mistakes.filter(({ severity }) => severity === 'error').length;
  const warnings = mistakes.filter(({ severity }) => severity === 'warning').length;
  const found = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ];
  return `${found.length === 0 ? 'nothing to mend' : found.join(' and ')} in ${counted}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
