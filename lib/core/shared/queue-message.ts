import { parseWellFormed } from './parse-well-formed.ts';

/** What the body of a queue message turned out to be. */
export type QueueMessage<T> =
  | { kind: 'message'; message: T }
  /** Written by newer code, as while a deployment rolls out: newer code will read it, so it must come again. */
  | { kind: 'newer'; schema: number }
  /** No code will ever read it. */
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
