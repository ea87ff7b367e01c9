import { describe, expect, it } from 'vitest';
import type { RateLimitStore } from '../../lib/core/delivery/delivery-stores.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';

const SPACING = 1_000;

/** The behaviour of every RateLimitStore. The tests share one store; each uses a bucket of its own. */
export function rateLimitStoreContract(name: string, opened: () => RateLimitStore): void {
  const take = (bucket: string, now: number, bookingWindow = 0) =>
    opened().book(bucket, { now, spacing: SPACING, bookingWindow });

  describe(`${name} as RateLimitStore`, () => {
    it('gives a slot at once in an unused bucket', async () => {
      expect(await take(randomKey(), STORED_AT)).toEqual({ kind: 'slot', at: STORED_AT });
    });

    it('gives the next slot after the spacing, within the booking window', async () => {
      const bucket = randomKey();
      await take(bucket, STORED_AT);

      const short = await take(bucket, STORED_AT + 1, SPACING - 2);
      const long = await take(bucket, STORED_AT + 1, SPACING - 1);
      const behind = await take(bucket, STORED_AT + 2, SPACING);

      expect(short).toEqual({ kind: 'busy', until: STORED_AT + SPACING, blocked: false });
      expect(long).toEqual({ kind: 'slot', at: STORED_AT + SPACING });
      expect(behind).toEqual({ kind: 'busy', until: STORED_AT + 2 * SPACING, blocked: false });
    });

    it('does not save unused slots for later', async () => {
      const bucket = randomKey();
      await take(bucket, STORED_AT);

      const later = [await take(bucket, STORED_AT + 9_000), await take(bucket, STORED_AT + 9_000)];

      expect(later).toEqual([
        { kind: 'slot', at: STORED_AT + 9_000 },
        { kind: 'busy', until: STORED_AT + 9_000 + SPACING, blocked: false },
      ]);
    });

    it('never gives two racing runs slots that are too close', async () => {
      const bucket = randomKey();

      const turns = await Promise.all(Array.from({ length: 12 }, () => take(bucket, STORED_AT, 5 * SPACING)));

      const taken = turns
        .flatMap((turn) => (turn.kind === 'slot' ? [turn.at] : []))
        .toSorted((a, b) => a - b);
      expect(taken).toEqual([0, 1, 2, 3, 4, 5].map((turn) => STORED_AT + turn * SPACING));
    });

    it('gives no slot before the end of a block, and blocks each bucket by itself', async () => {
      const bucket = randomKey();
      await take(bucket, STORED_AT);

      await opened().block(bucket, STORED_AT + 30_000);

      expect(await take(bucket, STORED_AT + 29_000)).toEqual({
        kind: 'busy',
        until: STORED_AT + 30_000,
        blocked: true,
      });
      expect(await take(bucket, STORED_AT + 30_000)).toEqual({ kind: 'slot', at: STORED_AT + 30_000 });
      expect(await take(randomKey(), STORED_AT)).toEqual({ kind: 'slot', at: STORED_AT });
    });

    it('books slots behind a block, and reports that the server demands it', async () => {
      const bucket = randomKey();
      await opened().block(bucket, STORED_AT + 30_000);

      const during = await take(bucket, STORED_AT + 1_000, 60_000);
      const after = await take(bucket, STORED_AT + 30_000, 60_000);

      expect(during).toEqual({ kind: 'slot', at: STORED_AT + 30_000, blocked: true });
      expect(after).toEqual({ kind: 'slot', at: STORED_AT + 30_000 + SPACING });
    });

    it('blocks until the latest of the requested times', async () => {
      const bucket = randomKey();
      const before = await opened().blockedUntil(bucket);

      await opened().block(bucket, STORED_AT + 30_000);
      await opened().block(bucket, STORED_AT + 10_000);

      expect(before).toBe(0);
      expect(await opened().blockedUntil(bucket)).toBe(STORED_AT + 30_000);
      expect(await take(bucket, STORED_AT + 20_000)).toMatchObject({ kind: 'busy' });
    });

    it('keeps slots that were booked behind a block', async () => {
      const bucket = randomKey();
      await take(bucket, STORED_AT);
      await take(bucket, STORED_AT, SPACING);

      await opened().block(bucket, STORED_AT + SPACING);

      expect(await take(bucket, STORED_AT + SPACING)).toEqual({
        kind: 'busy',
        until: STORED_AT + 2 * SPACING,
        blocked: false,
      });
    });
  });
}
