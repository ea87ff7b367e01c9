import { describe, expect, it } from 'vitest';
import {
  type Claim,
  type Claimed,
  type ClaimedItem,
  countUncertainSend,
  type Intent,
} from '../../lib/core/delivery/claim.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';

/** One item that no run has claimed yet, and the means to lose the answer to the next call. */
export type OpenedClaims<R extends Claimed> = {
  item: ClaimedItem<R>;
  read(): Promise<R>;
  /** The next call takes effect, its answer is lost, and the client repeats it by itself. */
  loseAnswer(): void;
  /** A record in which something was sent. */
  notified(record: R): R;
};

const intent: Intent = { key: 'k', seq: 3, firing: true, at: STORED_AT };

/** The behaviour of every item that only one run at a time may work on. */
export function claimsContract<R extends Claimed>(name: string, open: () => OpenedClaims<R>): void {
  describe(`${name} as an item under a claim`, () => {
    it('gives only one of two racing runs the claim', async () => {
      const { item } = open();

      const records = await Promise.all([item.claim(by('a')), item.claim(by('b'))]);

      expect(records.filter((each) => each !== undefined)).toHaveLength(1);
    });

    it('holds a claim until its time is up', async () => {
      const { item } = open();

      const first = await item.claim(by('a'));
      const during = await item.claim(by('b', { now: STORED_AT + MINUTE - 1 }));
      const after = await item.claim(by('c', { now: STORED_AT + MINUTE, until: STORED_AT + 2 * MINUTE }));

      expect([first?.claimOwner, during, after?.claimOwner]).toEqual(['a', undefined, 'c']);
    });

    it('gives a run its claim although the answer was lost', async () => {
      const { item, loseAnswer } = open();
      loseAnswer();

      const record = await item.claim(by('a'));

      expect(record).toMatchObject({ claimOwner: 'a', claimUntil: STORED_AT + MINUTE });
    });

    it('stores the outcome once although the answer was lost, and gives the claim back', async () => {
      const opened = open();
      const { item, notified, loseAnswer } = opened;
      const record = await mine(item.claim(by('a', { intent })));
      loseAnswer();

      const saved = await item.save(notified(record), { owner: 'a', until: 0 });

      expect(saved).toBe(true);
      const { claimOwner: _, intent: __, ...rest } = notified(record);
      expect(await opened.read()).toEqual({ ...rest, claimUntil: 0 });
      expect(await item.claim(by('b'))).toBeDefined();
    });

    it('stores the outcome so far and keeps the claim', async () => {
      const { item, notified } = open();
      const record = await mine(item.claim(by('a', { intent })));

      const kept = await item.save(notified(record), { owner: 'a', until: STORED_AT + MINUTE });
      const other = await item.claim(by('b'));
      const saved = await item.save(notified(record), { owner: 'a', until: 0 });

      expect([kept, other, saved]).toEqual([true, undefined, true]);
    });

    it('accepts the outcome of a slow run when no other run has claimed the item since', async () => {
      const { item, notified } = open();
      const record = await mine(item.claim(by('a')));

      expect(await item.save(notified(record), { owner: 'a', until: 0 })).toBe(true);
    });

    it.each([false, true])(
      'refuses the outcome of a slow run when another run has claimed the item since, saved already: %s',
      async (savedAlready) => {
        const opened = open();
        const { item, notified } = opened;
        const slow = await mine(item.claim(by('a')));
        const later = await mine(item.claim(by('b', { now: STORED_AT + MINUTE })));
        if (savedAlready) await item.save(later, { owner: 'b', until: 0 });
        const before = await opened.read();

        const saved = await item.save(notified(slow), { owner: 'a', until: 0 });

        expect(saved).toBe(false);
        expect(await opened.read()).toEqual(before);
      },
    );

    it('never lets the repeated write of one run end the claim of the next', async () => {
      const opened = open();
      const { item, notified } = opened;
      const record = await mine(item.claim(by('a')));
      await item.save(notified(record), { owner: 'a', until: 0 });
      await item.claim(by('b'));

      const again = await item.save(notified(record), { owner: 'a', until: 0 });

      expect(again).toBe(false);
      expect((await opened.read()).claimOwner).toBe('b');
    });

    it('shows the intent of a run that died, until something is stored', async () => {
      const opened = open();
      const { item } = opened;
      await item.claim(by('a', { intent }));

      const found = await opened.read();
      const next = await mine(item.claim(by('b', { now: STORED_AT + MINUTE })));
      await item.save(next, { owner: 'b', until: 0 });

      expect([found.intent, next.intent]).toEqual([intent, intent]);
      expect((await opened.read()).intent).toBeUndefined();
    });

    it('does not lose the intent of a run that died', async () => {
      const opened = open();
      const { item } = opened;
      const later = { now: STORED_AT + MINUTE };
      const mineToo = { ...intent, key: 'another', firing: false };
      await item.claim(by('a', { intent }));

      const refused = await item.claim(by('b', { ...later, intent: mineToo }));
      const left = await mine(item.claim(by('b', later)));
      const known = await mine(
        item.claim(
          by('b', { ...later, intent: mineToo, uncertainSends: countUncertainSend(undefined, intent) }),
        ),
      );

      expect(refused).toBeUndefined();
      expect(left.intent).toEqual(intent);
      expect([known.intent?.key, known.uncertainSends?.firing]).toEqual(['another', true]);
    });

    it('passes on uncertain earlier sends', async () => {
      const opened = open();
      const uncertainSends = { firing: true, count: 2, lastAt: STORED_AT };

      const record = await mine(opened.item.claim(by('a', { uncertainSends })));
      await opened.item.save(record, { owner: 'a', until: 0 });

      expect((await opened.read()).uncertainSends).toEqual(uncertainSends);
    });
  });
}

function by(owner: string, more: Partial<Claim> = {}): Claim {
  const now = more.now ?? STORED_AT;
  return { owner, now, until: now + MINUTE, ...more };
}

async function mine<R>(claim: Promise<R | undefined>): Promise<R> {
  const record = await claim;
  if (record === undefined) throw new Error('another run has it');
  return record;
}
