/**
 * `npm run incidents`: the incidents of any deployment, from a terminal. Only Node's own modules are imported before it
 * is known what is asked for.
 */

const HELP = `Usage: npm run incidents -- COMMAND [options]

  list         the latest incidents, or those that are open, of one alert, of one week …
  show ID      one incident: its alerts, what needs attention, what happened, who was told
  stats        how often what fires, and how fast people are
  ack ID       take an incident; its reminders end
  resolve ID   end an incident by hand
  report ID    a draft of the post-mortem, as Markdown
  export       a whole range as CSV or JSON lines
  redrive      send the notices again that could not be sent

Which deployment is meant, and the token for it, are in FIRST_RESPONDER_URL (http://localhost:3000) and
FIRST_RESPONDER_TOKEN. ack, resolve and redrive need a write token, all others are content with a read token.

npm run incidents -- COMMAND --help shows more. With --json a command prints what the API said, for programs: then
npm run -s incidents keeps npm's own lines out of it.

Exit codes: 0 done; 1 the answer is no: nothing was found, nothing had to be changed, something is left over, or the
request was refused; 2 called wrongly; 3 first-responder cannot be reached or does not work, or the token has no
right to this.`;

type Command = (args: string[]) => Promise<number>;

/** Each is loaded only when it is called for. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  list: async () => (await import('./incidents/list-command.ts')).listCommand,
  show: async () => (await import('./incidents/show-command.ts')).showCommand,
  stats: async () => (await import('./incidents/stats-command.ts')).statsCommand,
  ack: async () => (await import('./incidents/change-command.ts')).ackCommand,
  resolve: async () => (await import('./incidents/change-command.ts')).resolveCommand,
  report: async () => (await import('./incidents/report-command.ts')).reportCommand,
  export: async () => (await import('./incidents/export-command.ts')).exportCommand,
  redrive: async () => (await import('./incidents/redrive-command.ts')).redriveCommand,
};

async function main([name, ...rest]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load) return (await load())(rest);
  const help = 'npm run incidents -- --help shows which there are';
  console.error(name === undefined ? HELP : `There is no command ${name}; ${help}.`);
  return 2;
}

/** One sentence for whatever went wrong; the errors of these commands are sentences already. */
function complain(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /Cannot find package '([^']+)'/.exec(message)?.[1];
  const sentence = message.split('\n')[0] ?? message;
  console.error(missing === undefined ? sentence : `The package ${missing} is missing; run npm ci first.`);
  return error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 2;
}

// Whoever reads this may have read enough, as head has.
process.stdout.on('error', () => process.exit());
process.exitCode = await main(process.argv.slice(2)).catch(complain);
// An idle connection is no reason to stay.
process.stdout.write('', () => process.exit());
