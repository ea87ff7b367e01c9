import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveCursorKey, readCursor, writeCursor } from '../../../lib/core/history/cursor.ts';
import type { IncidentQuery } from '../../../lib/core/history/history.ts';
import { deriveSigningKey, signText } from '../../../lib/core/shared/signature.ts';

const key = deriveCursorKey({ READ_TOKENS: ['reader', 'reader-2'], WRITE_TOKENS: ['writer'] });
const query: Pick<IncidentQuery, 'from' | 'status'> = { from: 3, status: 'open' };
const position = { openedAt: 1_795_490_732_000, id: '0123456789abcdef0123456789abcdef.123456' };
const genuine = writeCursor(position, query, key);

describe('a cursor', () => {
  it('comes back as the position and the range it was written for', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
        (openedAt, from, id) => {
          const cursor = writeCursor({ openedAt, id }, { ...query, from }, key);

          expect(cursor).toMatch(/^[\w-]+$/);
          expect(readCursor(cursor, query, key)).toEqual({ kind: 'ok', after: { openedAt, id }, from });
        },
      ),
    );
  });

  it('fits into a URL many times over', () => {
    expect(genuine.length).toBeLessThan(220);
  });

  it('that was forged is refused and never throws', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      // A cursor as it was before signing, and one signed with another key.
      fc.json().map((text) => signText(text, deriveCursorKey({ READ_TOKENS: ['another deployment'] }))),
      fc
        .uint8Array({ minLength: 30, maxLength: 120 })
        .map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(readCursor(text, query, key).kind).toBe('refused');
      }),
    );
  });

  it('is refused with any letter changed, added or removed', () => {
    const letters = fc.stringMatching(/^[\w=+/ -]$/);
    const tampered = fc.tuple(fc.nat(genuine.length - 1), letters, fc.nat(2)).map(([at, letter, how]) => {
      const put = how === 0 ? letter : how === 1 ? `${genuine[at]}${letter}` : '';
      return genuine.slice(0, at) + put + genuine.slice(at + 1);
    });
    fc.assert(
      fc.property(
        tampered.filter((text) => text !== genuine),
        (text) => {
          expect(readCursor(text, query, key).kind).toBe('refused');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is refused with any of its bytes changed', () => {
    const bytes = Buffer.from(genuine, 'base64url');
    const kinds = Array.from(bytes, (_byte, at) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      return readCursor(changed.toString('base64url'), query, key).kind;
    });

    expect(new Set(kinds)).toEqual(new Set(['refused']));
  });

  it.each<[string, Parameters<typeof deriveCursorKey>[0]]>([
    ['another deployment', { READ_TOKENS: ['other'], WRITE_TOKENS: ['another'] }],
    [
      'before a token was added',
      { READ_TOKENS: ['reader', 'reader-2', 'reader-3'], WRITE_TOKENS: ['writer'] },
    ],
    ['before a token was removed', { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] }],
    ['before the write token changed', { READ_TOKENS: ['reader', 'reader-2'], WRITE_TOKENS: ['writer-2'] }],
    ['no tokens at all', {}],
  ])('of %s is refused, and it is said to begin again', (_which, tokens) => {
    const reading = readCursor(genuine, query, deriveCursorKey(tokens));

    expect(reading).toEqual({
      kind: 'refused',
      reason:
        'cursor was not given out by this listing, or the access tokens have changed since; begin again without it.',
    });
  });

  it('stays valid when the tokens are listed in another order', () => {
    const reordered = deriveCursorKey({ READ_TOKENS: ['reader-2', 'reader'], WRITE_TOKENS: ['writer'] });

    expect(readCursor(genuine, query, reordered).kind).toBe('ok');
  });

  it('has a key of its own; nothing else signed with the same tokens is valid', () => {
    const other = deriveSigningKey(['reader', 'reader-2', 'writer'], 'something else');

    expect(other).not.toEqual(key);
    expect(readCursor(writeCursor(position, query, other), query, key).kind).toBe('refused');
  });

  it('contains no token', () => {
    const text = Buffer.from(genuine, 'base64url').toString('latin1');

    expect(text).not.toMatch(/reader|writer/);
  });
});
