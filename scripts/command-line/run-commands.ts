import { type Command, type CommandCall, processCall } from './command.ts';
import { guardConsole } from './escape-controls.ts';

export type Commands = {
  /** The call as people type it: `npm run incidents`. */
  name: string;
  help: string;
  /** Each command is loaded only when it is called. */
  commands: Readonly<Record<string, () => Promise<Command>>>;
};

/** Runs the command that this process was started for, and ends the process with its exit code. */
export async function runCommands(given: Commands): Promise<void> {
  // The reader of the output may stop early, as head does.
  process.stdout.on('error', () => process.exit());
  process.exitCode = await runCommand(given, processCall());
  // A hanging server or an idle connection must not keep the process alive.
  process.stdout.write('', () => process.exit());
}

/**
 * Runs the command that the arguments name, and returns its exit code, or 2 for wrong usage. The first line of an
 * error is printed. An error may bring its own `exitCode`, and with `everyLine` all of its lines. No line that is
 * printed can be an order to a terminal.
 */
export function runCommand(given: Commands, process: CommandCall): Promise<number> {
  const call = { ...process, console: guardConsole(process.console) };
  return run(given, call).catch((error: unknown) => complain(error, call));
}

async function run({ name, help, commands }: Commands, call: CommandCall): Promise<number> {
  const { console } = call;
  const [which, ...args] = call.args;
  if (which === '--help' || which === '-h') {
    console.log(help);
    return 0;
  }
  const load = which !== undefined && Object.hasOwn(commands, which) ? commands[which] : undefined;
  if (load) return (await load())({ ...call, args });
  const hint = `There is no command ${which}; ${name} -- --help shows which there are.`;
  console.error(which === undefined ? help : hint);
  return 2;
}

function complain(error: unknown, { console }: CommandCall): number {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /Cannot find package '([^']+)'/.exec(message)?.[1];
  const whole = error instanceof Error && 'everyLine' in error && error.everyLine === true;
  const sentence = whole ? message : (message.split('\n')[0] ?? message);
  console.error(missing === undefined ? sentence : `The package ${missing} is missing; run npm ci first.`);
  return error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 2;
}
