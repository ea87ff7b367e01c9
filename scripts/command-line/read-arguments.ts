import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { CommandCall } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command. */
const common = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

type Config<T> = { args: string[]; allowPositionals: true; options: T & typeof common };

/**
 * Reads a command's options and those of every command. After `--help` it prints the help and returns undefined.
 * Invalid arguments are a UsageError that says where help is. `command` is its call: `npm run runbook -- lint`.
 */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  { command, help }: { command: string; help: string },
  { args, console }: Pick<CommandCall, 'args' | 'console'>,
  options: T,
): ReturnType<typeof parseArgs<Config<T>>> | undefined {
  try {
    const read = parseArgs<Config<T>>({ args, allowPositionals: true, options: { ...options, ...common } });
    if (!('help' in read.values && read.values.help)) return read;
    console.log(help);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${why}; ${command} --help shows the options.`, {
      cause: error,
    });
  }
}
