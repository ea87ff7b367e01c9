import { parseWellFormed } from '../../lib/core/shared/parse-well-formed.ts';
import type { Refused } from './http.ts';

/** The part of a zod schema that handlers need. */
type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

/** Reads a body as JSON of one shape; a mistake is named by its path. */
export function parseJson<T>(
  body: string | undefined,
  schema: Schema<T>,
): { kind: 'ok'; value: T } | Refused {
  let value: unknown;
  try {
    value = parseWellFormed(body ?? '');
  } catch {
    return { kind: 'refused', path: '', reason: 'The body is not JSON.' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  return { kind: 'refused', path, reason: `${path || 'The body'}: ${issue?.message ?? 'not as expected'}` };
}
