import { parseWellFormed } from '../../lib/core/shared/parse-well-formed.ts';

/** The part of a zod schema that handlers need. */
type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

export type ParsedJson<T> = { kind: 'ok'; value: T } | { kind: 'invalid'; path: string; detail: string };

/** Reads a body as JSON of one shape; a mistake is named by its path. */
export function parseJson<T>(body: string | undefined, schema: Schema<T>): ParsedJson<T> {
  let value: unknown;
  try {
    value = parseWellFormed(body ?? '');
  } catch {
    return { kind: 'invalid', path: '', detail: 'The body is not JSON.' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  return { kind: 'invalid', path, detail: `${path || 'The body'}: ${issue?.message ?? 'not as expected'}` };
}
