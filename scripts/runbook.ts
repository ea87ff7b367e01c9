/**
 * `npm run runbook`: what people do with runbooks by hand. Only Node's own modules are imported before it is known
 * what is asked for.
 */

const HELP = `Usage: npm run runbook -- COMMAND [options]

  lint             check all runbooks, what Slack would show of them and, with --rules, Prometheus' alerting rules
  test ALERT       run an alert's checks against what the environment points at, and show the notice; sends nothing
  explain ALERT    show what would run for an alert and who would be told; asks nobody

npm run runbook -- COMMAND --help shows more. Exit codes: 0 fine, 1 mistakes were found or nothing could be
checked, 2 called wrongly.`;

type Command = (args: string[]) => Promise<number>;

/** Each is loaded only when it is called for. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  lint: async () => (await import('./runbook-command/lint-command.ts')).lintCommand,
  test: async () => (await import('./runbook-command/test-command.ts')).testCommand,
  explain: async () => (await import('./runbook-command/explain-command.ts')).explainCommand,
};

async function main([name, ...rest]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load) return (await load())(rest);
  const help = 'npm run runbook -- --help shows which there are';
  console.error(name === undefined ? HELP : `There is no command ${name}; ${help}.`);
  return 2;
}

/** One sentence for whatever went wrong; the errors of this project are sentences already. */
function complain(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /Cannot find package '([^']+)'/.exec(message)?.[1];
  // Of the runbooks' mistakes each has a line; of anything else the first line is the sentence.
  const isMistakes = error instanceof Error && error.name === 'RunbookMistakes';
  const sentence = isMistakes ? message : (message.split('\n')[0] ?? message);
  console.error(missing === undefined ? sentence : `The package ${missing} is missing; run npm ci first.`);
  return isMistakes ? 1 : 2;
}

// Whoever reads this may have read enough, as head has.
process.stdout.on('error', () => process.exit());
process.exitCode = await main(process.argv.slice(2)).catch(complain);
// A server that hangs is no reason to stay.
process.stdout.write('', () => process.exit());
