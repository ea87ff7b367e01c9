import { sha256Hex } from '../shared/hash.ts';
import type { IncidentQuery, ListPosition } from './history.ts';

export type CursorReading = { kind: 'ok'; after: ListPosition } | { kind: 'refused'; reason: string };

const LENGTH = 1_024;

/**
 * An opaque cursor. It holds the position and a digest of the question, so that the cursor of another listing is
 * refused instead of silently giving a page that belongs to neither.
 */
export function writeCursor(after: ListPosition, query: IncidentQuery): string {
  const text = JSON.stringify([digestOf(query), after.openedAt, after.id]);
  return Buffer.from(text).toString('base64url');
}

/** Reads what writeCursor wrote; `reason` is one sentence that names `cursor`. */
export function readCursor(cursor: string, query: IncidentQuery): CursorReading {
  const parts = cursor.length <= LENGTH ? partsOf(cursor) : undefined;
  if (!parts) return { kind: 'refused', reason: 'cursor is not one that a listing has given out.' };
  if (parts.digest !== digestOf(query)) {
    return { kind: 'refused', reason: 'cursor belongs to a listing with other filters.' };
  }
  return { kind: 'ok', after: parts.after };
}

/**
 * The filters that must stay the same from page to page. `to` and `limit` may change: a default `to` is the moment
 * of the request, and everything after a cursor is older than both.
 */
function digestOf({ status, alertname, severity, source }: IncidentQuery): string {
  return sha256Hex(JSON.stringify([status, alertname, severity, source].map((value) => value ?? null)), 16);
}

function partsOf(cursor: string): { digest: string; after: ListPosition } | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 3) return undefined;
  const [digest, openedAt, id]: unknown[] = parts;
  if (typeof digest !== 'string' || typeof openedAt !== 'number' || typeof id !== 'string') return undefined;
  return Number.isSafeInteger(openedAt) && id !== '' ? { digest, after: { openedAt, id } } : undefined;
}
