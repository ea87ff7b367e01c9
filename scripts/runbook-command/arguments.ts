import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { isLocalTime } from '../../lib/core/shared/local-time.ts';
import type { Millis } from '../../lib/core/shared/time.ts';
import { UsageError } from './usage-error.ts';

/** The runbooks of this project. */
const OURS = join(import.meta.dirname, '..', '..', 'runbooks');

/** Options of every command. */
const common = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

type Config<T> = { args: string[]; allowPositionals: true; options: T & typeof common };

/**
 * Reads a command's options beside those of every command; undefined when it was asked for its help, which is shown
 * then. What cannot be read is a UsageError that says where help is.
 */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  { command, help }: { command: string; help: string },
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<Config<T>>> | undefined {
  try {
    const read = parseArgs<Config<T>>({ args, allowPositionals: true, options: { ...options, ...common } });
    if (!('help' in read.values && read.values.help)) return read;
    console.log(help);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${why}; npm run runbook -- ${command} --help shows the options.`, {
      cause: error,
    });
  }
}

/** Where runbooks are read from, and how to call that folder: ours, unless another one is given. */
export function runbooksFolder(given: string | undefined): { folder: string; shownAs: string } {
  const folder = given ?? OURS;
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}.`);
  return { folder, shownAs: given ?? 'runbooks' };
}

/** A moment with its offset, as `2026-12-24T20:00Z` or `2026-12-24 22:00+02:00`. */
export function readMoment(text: string): Millis {
  const written = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)$/.exec(text.trim());
  const [, date = '', time = '', offset = ''] = written ?? [];
  const at = isLocalTime(`${date}T${time.slice(0, 5)}`) ? Date.parse(`${date}T${time}${offset}`) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(`--at takes a time like 2026-12-24T20:00Z, which ${JSON.stringify(text)} is not.`);
  }
  return at;
}
