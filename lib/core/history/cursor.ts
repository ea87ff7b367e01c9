import { hashSha256 } from '../shared/hash.ts';
import { deriveSigningKey, type SigningKey, signText, verifyText } from '../shared/signature.ts';
import { formatIso, type Millis } from '../shared/time.ts';
import type { IncidentQuery, ListPosition } from './history.ts';
import { filterFields } from './summary.ts';

/** A cursor that was read: where to go on, and since when its listing goes back. */
export type CursorReading =
  | { kind: 'ok'; after: ListPosition; from: Millis }
  | { kind: 'refused'; reason: string };

/** The filters of a listing, without its range. */
type Filters = Pick<IncidentQuery, (typeof filterFields)[number]>;

/** An id has at most 32 + 7 letters, so that a cursor has some 180. */
const LENGTH = 1_024;

/** The tokens of the API for people, as they are configured. */
type AccessTokens = { READ_TOKENS?: string[] | undefined; WRITE_TOKENS?: string[] | undefined };

/**
 * The key that cursors are signed with, once for a function. It comes from all access tokens: there is no further secret
 * to configure, every function of a deployment has the same, and no other deployment has.
 */
export function deriveCursorKey({ READ_TOKENS = [], WRITE_TOKENS = [] }: AccessTokens): SigningKey {
  return deriveSigningKey([...READ_TOKENS, ...WRITE_TOKENS], 'cursor');
}

/**
 * An opaque cursor. It holds the position, `from` and a digest of the filters, and its signature, so that nobody can
 * make one, and that of another listing is refused instead of giving a page that belongs to neither.
 */
export function writeCursor(after: ListPosition, query: Filters & { from: Millis }, key: SigningKey): string {
  return signText(JSON.stringify([digestOf(query), query.from, after.openedAt, after.id]), key);
}

/** Reads what writeCursor wrote; `reason` is one sentence that names `cursor`. */
export function readCursor(cursor: string, filters: Filters, key: SigningKey): CursorReading {
  const text = cursor.length <= LENGTH ? verifyText(cursor, key) : undefined;
  const parts = text === undefined ? undefined : partsOf(text);
  if (!parts) {
    const reason =
      'cursor was not given out by this listing, or the access tokens have changed since; begin again without it.';
    return { kind: 'refused', reason };
  }
  if (parts.digest !== digestOf(filters)) {
    const reason = 'cursor belongs to a listing with other filters; keep them, or begin again without it.';
    return { kind: 'refused', reason };
  }
  return { kind: 'ok', after: parts.after, from: parts.from };
}

/**
 * `to` and `limit` may change from page to page: a default `to` is the moment of the request, and everything after a
 * cursor is older than both. A default `from` moves as well, so the cursor holds the first page's.
 */
function digestOf(filters: Filters): string {
  return hashSha256(JSON.stringify(filterFields.map((field) => filters[field] ?? null)), 16);
}

function partsOf(text: string): { digest: string; from: Millis; after: ListPosition } | undefined {
  // It carries our signature, so this is JSON.
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts)) return undefined;
  const [digest, from, openedAt, id]: unknown[] = parts;
  if (typeof digest !== 'string' || typeof from !== 'number') return undefined;
  return typeof openedAt === 'number' && typeof id === 'string'
    ? { digest, from, after: { openedAt, id } }
    : undefined;
}

/**
 * The query string of the page after this one. The range is written out, so that a default one, which moves with the
 * clock, stays where the first page had it.
 */
export function formatNextPage(
  { after: _after, from, to, limit, ...filters }: IncidentQuery,
  cursor: string,
): string {
  return new URLSearchParams({
    ...filters,
    from: formatIso(from),
    to: formatIso(to),
    limit: String(limit),
    cursor,
  }).toString();
}
