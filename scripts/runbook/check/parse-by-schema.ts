import type * as z from 'zod/mini';
import type { Path } from './yaml-lines.ts';

type Issue = z.core.$ZodIssue;
type SchemaMistake = { path: Path; message: string };

export type ParsedBySchema<T> = { value: T } | { mistakes: SchemaMistake[] };

/**
 * Parses a value by its schema, or returns its mistakes in words for the author of the YAML:
 * `diagnostics.0.kind: must be one of sql, promql`. `has` says whether the YAML has anything at a path.
 */
export function parseBySchema<T>(
  schema: z.ZodMiniType<T>,
  given: unknown,
  has: (path: Path) => boolean,
): ParsedBySchema<T> {
  // Zod's own messages depend on the schemas that this process made before.
  const { success, data, error } = schema.safeParse(given, { error: defaultWords });
  return success
    ? { value: data }
    : { mistakes: error.issues.flatMap((issue) => mistakesOf(issue, [], has)) };
}

function mistakesOf(issue: Issue, above: Path, has: (path: Path) => boolean): SchemaMistake[] {
  const path = [...above, ...pathOf(issue)];
  const named = path.length === 0 ? '' : `${path.join('.')}: `;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `${named}there is no key ${key} here`,
    }));
  }
  const meant = issue.code === 'invalid_union' ? issue.errors.find(isMeant) : undefined;
  if (meant) return meant.flatMap((inner) => mistakesOf(inner, path, has));
  const options = optionsOf(issue);
  const oneOf = options && `one of ${options.join(', ')}`;
  if (!has(path)) return [{ path, message: `${named}is missing${oneOf ? `; it is ${oneOf}` : ''}` }];
  return [{ path, message: `${named}${oneOf ? `must be ${oneOf}` : issue.message}` }];
}

function pathOf(issue: Issue): Path {
  return issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
}

/** The alternative of the value's kind: its mistakes are the ones that the author made. */
function isMeant(branch: Issue[]): boolean {
  return !branch.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
}

function optionsOf(issue: Issue): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
    ? issue.options.map(String)
    : undefined;
}

/** The meaning of a kind of mistake, for schemas without words of their own. */
function defaultWords(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') {
    return `must be ${issue.expected === 'string' ? 'text' : `of type ${issue.expected}`}`;
  }
  if (issue.code === 'invalid_union') return 'must be text, or have the keys that are described for it';
  if (issue.code === 'too_small') return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
  if (issue.code === 'too_big') return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
  return 'is not valid';
}

function bound(of: string, words: string, limit: number | bigint): string {
  if (of !== 'array') return `be ${words} ${limit}`;
  return `have ${words} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}`;
}
