import { parseJsonObject } from '../../lib/core/shared/parse-json-object.ts';
import type { Refused } from './http.ts';

/** The part of a zod schema that handlers need. */
type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

/** Reads a body as a JSON object of one shape; a mistake is named by its path. */
export function parseJson<T>(
  body: string | undefined,
  schema: Schema<T>,
): { kind: 'ok'; value: T } | Refused {
  const read = parseJsonObject(body);
  if (read.kind === 'refused') return { kind: 'refused', path: '', reason: `The body ${read.what}.` };
  const parsed = schema.safeParse(read.value);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  return { kind: 'refused', path, reason: `${path || 'The body'}: ${issue?.message ?? 'not as expected'}` };
}
