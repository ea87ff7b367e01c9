import { parseWellFormed } from './parse-well-formed.ts';

/** The result of reading a queue message's body. */
export type QueueMessage<T> =
  | { kind: 'message'; message: T }
  /** Written by newer code during a deployment. It must come again, so that newer code reads it. */
  | { kind: 'newer'; schema: number }
  /** No version of the code can read it. */
  | { kind: 'unreadable'; reason: string };

type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

/** Reads a body whose `schema` this code knows up to `known`. The reason names the field, never its value. */
export function readQueueMessage<T>(body: string, schema: Schema<T>, known: number): QueueMessage<T> {
  let value: unknown;
  try {
    value = parseWellFormed(body);
  } catch {
    return { kind: 'unreadable', reason: 'the body is not JSON' };
  }
  const version = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (typeof version === 'number' && version > known) return { kind: 'newer', schema: version };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    kind: 'unreadable',
    reason: `${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? ''}`,
  };
}
