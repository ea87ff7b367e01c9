import { readFileSync } from 'node:fs';

/** Returns the exit code. */
export type Command = (call: CommandCall) => Promise<number>;

/** The call of a command: its arguments, and everything that it uses of a process. */
export type CommandCall = {
  args: string[];
  environment: NodeJS.ProcessEnv;
  stdout: CommandOutput;
  /** Writes lines to `stdout`, and with `error` to standard error. */
  console: Pick<Console, 'log' | 'error'>;
  /** The whole of standard input. */
  readInput(): string;
};

/** An output stream; with the width if it is a terminal. */
export type CommandOutput = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** The call of this process. */
export function processCall(): CommandCall {
  return {
    args: process.argv.slice(2),
    environment: process.env,
    stdout: process.stdout,
    console,
    readInput: () => readFileSync(0, 'utf8'),
  };
}
