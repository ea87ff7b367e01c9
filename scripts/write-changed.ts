import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

/** Writes the whole file at once, and only when it differs: another process may be reading it. */
export function writeChanged(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/**
 * The main function of a command that generates a part of the sources; returns its exit code. `--check` writes nothing, and
 * prints `stale` if `make` gives another text than the file has: undefined when the file is current.
 */
export function runGenerator(generator: {
  help: string;
  file: string;
  stale: string;
  make(written: string): string | undefined;
}): number {
  const { values } = parseArgs({
    options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(generator.help);
    return 0;
  }
  const text = generator.make(readFileSync(generator.file, 'utf8'));
  if (text === undefined) return 0;
  if (values.check) {
    console.error(generator.stale);
    return 1;
  }
  writeChanged(generator.file, text);
  return 0;
}
