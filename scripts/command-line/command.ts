import { readFileSync } from 'node:fs';

/** Gives the exit code. */
export type Command = (call: CommandCall) => Promise<number>;

/** How a command is called: its arguments, and all that it has of a process. */
export type CommandCall = {
  args: string[];
  environment: NodeJS.ProcessEnv;
  stdout: CommandOutput;
  /** Writes lines to `stdout`, and with `error` to standard error. */
  console: Pick<Console, 'log' | 'error'>;
  /** What is on standard input, read to its end. */
  readInput(): string;
};

/** What a command writes to; with the width of the terminal, when it is one. */
export type CommandOutput = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** How this process was called. */
export function processCall(): CommandCall {
  return {
    args: process.argv.slice(2),
    environment: process.env,
    stdout: process.stdout,
    console,
    readInput: () => readFileSync(0, 'utf8'),
  };
}
