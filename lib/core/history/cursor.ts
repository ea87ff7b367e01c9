import { hashSha256 } from '../shared/hash.ts';
import { deriveSigningKey, type SigningKey, signText, verifyText } from '../shared/signature.ts';
import { formatIso, type Millis } from '../shared/time.ts';
import type { IncidentQuery, ListPosition } from './history.ts';
import { filterFields } from './summary.ts';

/** A cursor that was read: where the page begins, and where its listing's range begins. */
export type CursorReading =
  | { kind: 'ok'; after: ListPosition; from: Millis }
  | { kind: 'refused'; reason: string };

/** The filters of a listing, without its range. */
type Filters = Pick<IncidentQuery, (typeof filterFields)[number]>;

/** An id has at most 32 + 7 characters, so a cursor has about 180. */
const LENGTH = 1_024;

/** The API's access tokens, as they are configured. */
type AccessTokens = { READ_TOKENS?: string[] | undefined; WRITE_TOKENS?: string[] | undefined };

/**
 * The key that signs cursors, derived once per container from all access tokens. So no further secret is
 * needed, all functions of a deployment share the key, and no other deployment has it.
 */
export function deriveCursorKey({ READ_TOKENS = [], WRITE_TOKENS = [] }: AccessTokens): SigningKey {
  return deriveSigningKey([...READ_TOKENS, ...WRITE_TOKENS], 'cursor');
}

/**
 * Writes an opaque cursor: the position, `from`, a digest of the filters, and a signature. Nobody can forge
 * one, and a cursor of another listing is refused.
 */
export function writeCursor(after: ListPosition, query: Filters & { from: Millis }, key: SigningKey): string {
  return signText(JSON.stringify([digestFilters(query), query.from, after.openedAt, after.id]), key);
}

/** Reads what writeCursor wrote; `reason` is one sentence that names `cursor`. */
export function readCursor(cursor: string, filters: Filters, key: SigningKey): CursorReading {
  const text = cursor.length <= LENGTH ? verifyText(cursor, key) : undefined;
  const parts = text === undefined ? undefined : parseParts(text);
  if (!parts) {
    const reason =
      'cursor was not given out by this listing, or the access tokens have changed since; begin again without it.';
    return { kind: 'refused', reason };
  }
  if (parts.digest !== digestFilters(filters)) {
    const reason = 'cursor belongs to a listing with other filters; keep them, or begin again without it.';
    return { kind: 'refused', reason };
  }
  return { kind: 'ok', after: parts.after, from: parts.from };
}

/**
 * Leaves out `to` and `limit`, which may change from page to page: everything after a cursor is older than
 * any `to`. A default `from` moves with the clock, so the cursor holds that of the first page.
 */
function digestFilters(filters: Filters): string {
  return hashSha256(JSON.stringify(filterFields.map((field) => filters[field] ?? null)), 16);
}

function parseParts(text: string): { digest: string; from: Millis; after: ListPosition } | undefined {
  // The signature is ours, so this is JSON.
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts)) return undefined;
  const [digest, from, openedAt, id]: unknown[] = parts;
  if (typeof digest !== 'string' || typeof from !== 'number') return undefined;
  return typeof openedAt === 'number' && typeof id === 'string'
    ? { digest, from, after: { openedAt, id } }
    : undefined;
}

/**
 * The query string of the next page. It writes the range out, because a default range would move with the
 * clock.
 */
export function formatNextPage(
  { after: _after, from, to, limit, ...filters }: IncidentQuery,
  cursor: string,
): string {
  const parameters = { ...filters, from: formatIso(from), to: formatIso(to), limit: String(limit), cursor };
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined);
  return new URLSearchParams(given).toString();
}
