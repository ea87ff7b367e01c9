import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod/mini';

/** Keys and indexes from the root of a document. */
export type Path = (string | number)[];

/** A file whose content is valid, and how to speak of a place in it. */
export type ReadYaml<T> = { value: T; at: (path: Path, sentence: string) => string };

/** Reads and validates one file; what is wrong is added to `mistakes`, and its text to `sources`. */
export function readYaml<T>(
  folder: string,
  name: string,
  schema: z.ZodMiniType<T>,
  mistakes: string[],
  sources: string[],
): ReadYaml<T> | undefined {
  const path = join(folder, name);
  const shown = join(basename(folder), name);
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch {
    mistakes.push(`${shown}:1: the file is missing`);
    return undefined;
  }
  sources.push(name, source);
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  for (const error of document.errors) {
    mistakes.push(`${shown}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`);
  }
  if (document.errors.length > 0) return undefined;

  const at = (where: Path, sentence: string) => `${shown}:${lineOf(document, lines, where)}: ${sentence}`;
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const where = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      const named = where.length === 0 ? '' : `${where.join('.')}: `;
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys)
          mistakes.push(at([...where, key], `${named}there is no key ${key} here`));
      } else {
        mistakes.push(at(where, `${named}${sentenceOf(issue, document.getIn(where) === undefined)}`));
      }
    }
    return undefined;
  }
  return { value: parsed.data, at };
}

/** The schema's own words where it has any, else what its kind of mistake means. */
function sentenceOf(issue: z.core.$ZodIssue, absent: boolean): string {
  if (absent) return 'is missing';
  if (issue.message !== 'Invalid input') return issue.message;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') {
    return `must be ${issue.expected === 'string' ? 'text' : `of type ${issue.expected}`}`;
  }
  return issue.code === 'too_small' ? `must be at least ${issue.minimum}` : 'is not valid';
}

/** The line of the deepest part of the path that exists: a missing key is reported where it should stand. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
