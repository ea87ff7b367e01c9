import { describe, expect, it } from 'vitest';
import type { RateLimitStore } from '../../lib/core/delivery/delivery-stores.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';

const SPACING = 1_000;

/** What every PaceStore does. The tests share one store; each uses a lane of its own. */
export function paceStoreContract(name: string, opened: () => RateLimitStore): void {
  const take = (lane: string, now: number, reach = 0) =>
    opened().take(lane, { now, spacing: SPACING, reach });

  describe(`${name} as PaceStore`, () => {
    it('gives a turn at once in a lane where nobody was', async () => {
      expect(await take(randomKey(), STORED_AT)).toEqual({ kind: 'turn', at: STORED_AT });
    });

    it('gives the next turn after the spacing, to those who reach as far', async () => {
      const lane = randomKey();
      await take(lane, STORED_AT);

      const short = await take(lane, STORED_AT + 1, SPACING - 2);
      const long = await take(lane, STORED_AT + 1, SPACING - 1);
      const behind = await take(lane, STORED_AT + 2, SPACING);

      expect(short).toEqual({ kind: 'busy', until: STORED_AT + SPACING, held: false });
      expect(long).toEqual({ kind: 'turn', at: STORED_AT + SPACING });
      expect(behind).toEqual({ kind: 'busy', until: STORED_AT + 2 * SPACING, held: false });
    });

    it('saves no turns up for later', async () => {
      const lane = randomKey();
      await take(lane, STORED_AT);

      const later = [await take(lane, STORED_AT + 9_000), await take(lane, STORED_AT + 9_000)];

      expect(later).toEqual([
        { kind: 'turn', at: STORED_AT + 9_000 },
        { kind: 'busy', until: STORED_AT + 9_000 + SPACING, held: false },
      ]);
    });

    it('never gives two racing runs turns that are too close', async () => {
      const lane = randomKey();

      const turns = await Promise.all(Array.from({ length: 12 }, () => take(lane, STORED_AT, 5 * SPACING)));

      const taken = turns
        .flatMap((turn) => (turn.kind === 'turn' ? [turn.at] : []))
        .toSorted((a, b) => a - b);
      expect(taken).toEqual([0, 1, 2, 3, 4, 5].map((turn) => STORED_AT + turn * SPACING));
    });

    it('gives nobody a turn before the end of a hold, and every lane its own', async () => {
      const lane = randomKey();
      await take(lane, STORED_AT);

      await opened().hold(lane, STORED_AT + 30_000);

      expect(await take(lane, STORED_AT + 29_000)).toEqual({
        kind: 'busy',
        until: STORED_AT + 30_000,
        held: true,
      });
      expect(await take(lane, STORED_AT + 30_000)).toEqual({ kind: 'turn', at: STORED_AT + 30_000 });
      expect(await take(randomKey(), STORED_AT)).toEqual({ kind: 'turn', at: STORED_AT });
    });

    it('books turns behind a hold, and says that the server wants it so', async () => {
      const lane = randomKey();
      await opened().hold(lane, STORED_AT + 30_000);

      const during = await take(lane, STORED_AT + 1_000, 60_000);
      const after = await take(lane, STORED_AT + 30_000, 60_000);

      expect(during).toEqual({ kind: 'turn', at: STORED_AT + 30_000, held: true });
      expect(after).toEqual({ kind: 'turn', at: STORED_AT + 30_000 + SPACING });
    });

    it('holds until the latest of the times asked for', async () => {
      const lane = randomKey();
      const before = await opened().heldUntil(lane);

      await opened().hold(lane, STORED_AT + 30_000);
      await opened().hold(lane, STORED_AT + 10_000);

      expect(before).toBe(0);
      expect(await opened().heldUntil(lane)).toBe(STORED_AT + 30_000);
      expect(await take(lane, STORED_AT + 20_000)).toMatchObject({ kind: 'busy' });
    });

    it('does not take back turns that lie behind a hold', async () => {
      const lane = randomKey();
      await take(lane, STORED_AT);
      await take(lane, STORED_AT, SPACING);

      await opened().hold(lane, STORED_AT + SPACING);

      expect(await take(lane, STORED_AT + SPACING)).toEqual({
        kind: 'busy',
        until: STORED_AT + 2 * SPACING,
        held: false,
      });
    });
  });
}
