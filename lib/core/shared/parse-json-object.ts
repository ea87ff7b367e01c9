import { parseWellFormed } from './parse-well-formed.ts';

/** `what` continues the sentence that "the body" begins: `is empty`. */
export type JsonObjectReading = { kind: 'ok'; value: object } | { kind: 'refused'; what: string };

/** Reads the body of a request, which is a JSON object on every route that takes one. Absent is empty. */
export function parseJsonObject(body: string | null | undefined): JsonObjectReading {
  const text = body ?? '';
  if (text.trim() === '') return { kind: 'refused', what: 'is empty; it must be a JSON object' };
  let value: unknown;
  try {
    value = parseWellFormed(text);
  } catch {
    return { kind: 'refused', what: 'is not JSON' };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { kind: 'ok', value }
    : { kind: 'refused', what: 'must be a JSON object' };
}
