import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import type { Mistake, MistakeRule } from './mistake.ts';
import { parseBySchema } from './parse-by-schema.ts';
import { type Path, readYamlLines, type Within } from './yaml-lines.ts';

/** Adds a mistake about a place in the file; `within` is the position in the text of that place. */
export type Report = (
  rule: MistakeRule,
  path: Path,
  message: string,
  within?: Within,
  severity?: Mistake['severity'],
) => void;

/** A file with valid content, and a way to report a place in it. */
export type ReadYaml<T> = { name: string; source: string; value: T; report: Report };

/** The folder of the files, its name for people, and the mistakes so far. */
export type Reading = { folder: string; shownAs: string; mistakes: Mistake[] };

/** Reads and validates one file of the runbooks folder; `undefined` after noting a mistake in it. */
export function readYaml<T>(
  reading: Reading,
  name: string,
  schema: z.ZodMiniType<T>,
): ReadYaml<T> | undefined {
  const file = join(reading.shownAs, name);
  const add = (rule: MistakeRule, line: number, message: string, severity: Mistake['severity'] = 'error') =>
    reading.mistakes.push({ file, line, severity, rule, message });
  let source: string;
  try {
    source = readFileSync(join(reading.folder, name), 'utf8');
  } catch {
    add('yaml', 1, 'the file is missing');
    return undefined;
  }
  const yaml = readYamlLines(source);
  for (const { line, message } of yaml.errors) add('yaml', line, message);
  if (yaml.errors.length > 0) return undefined;

  const parsed = parseBySchema(schema, yaml.value, yaml.has);
  if ('mistakes' in parsed) {
    for (const { path, message } of parsed.mistakes) add('schema', yaml.lineOf(path), message);
    return undefined;
  }
  return {
    name,
    source,
    value: parsed.value,
    report: (rule, path, message, within, severity) =>
      add(rule, yaml.lineOf(path, within), message, severity),
  };
}
