import { describe, expect, it } from 'vitest';
import { getTimeToSend, startBudget } from '../../../lib/core/delivery/budget.ts';
import {
  addUnfinished,
  countUncertainSend,
  getRepeatDelay,
  takeOver,
} from '../../../lib/core/delivery/claim.ts';
import { createNotConfigured, isMissing, isSameMessage } from '../../../lib/core/delivery/delivery.ts';
import {
  getBookingWindow,
  getSecondsUntilDigestSlot,
  getSecondsUntilSlot,
} from '../../../lib/core/delivery/rate-limit.ts';
import { boundRetryAfter, getRetryDelaySeconds } from '../../../lib/core/delivery/retry-delay.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';

describe('the time of one run', () => {
  it('leaves 5 s for the claim, 20 s for sends and 25 s for the record', () => {
    expect(startBudget(1_000)).toEqual({ claimUntil: 6_000, sendUntil: 21_000, recordUntil: 26_000 });
  });

  it('allows a send 15 s, or what is left, and none of less than 2 s', () => {
    const budget = startBudget(0);

    expect(getTimeToSend(budget, 0)).toBe(15 * SECOND);
    expect(getTimeToSend(budget, 10 * SECOND)).toBe(10 * SECOND);
    expect(getTimeToSend(budget, 18 * SECOND)).toBe(2 * SECOND);
    expect(getTimeToSend(budget, 18 * SECOND + 1)).toBeUndefined();
  });
});

describe('a send whose outcome nobody knows', () => {
  const intent = { key: 'k', seq: 1, firing: true, at: 100 };
  const known = { claimUntil: 50, intent };

  it('is counted when the claim of the run that died has ended', () => {
    expect(addUnfinished(known, 50)).toEqual({
      claimUntil: 50,
      uncertainSends: { firing: true, count: 1, lastAt: 100 },
    });
    expect(addUnfinished(known, 49), 'the run may live').toBe(known);
    expect(addUnfinished({ claimUntil: 0 }, 99)).toEqual({ claimUntil: 0 });
  });

  it('is counted for whoever takes over the claim, however long that had to run', () => {
    expect(takeOver(known)).toEqual({
      claimUntil: 0,
      uncertainSends: { firing: true, count: 1, lastAt: 100 },
    });
  });

  it('said that it fires, if one of them did', () => {
    const quiet = { ...intent, firing: false };

    expect(countUncertainSend(undefined, quiet)).toEqual({ firing: false, count: 1, lastAt: 100 });
    expect(countUncertainSend({ firing: true, count: 2, lastAt: 7 }, quiet)).toEqual({
      firing: true,
      count: 3,
      lastAt: 100,
    });
    expect(countUncertainSend({ firing: false, count: 1, lastAt: 7 }, intent).firing).toBe(true);
  });

  it.each([
    [1, 30 * SECOND],
    [2, 5 * MINUTE],
    [3, 13 * MINUTE],
    [4, 13 * MINUTE],
  ])('is repeated, after %i of them, %i ms later', (count, gap) => {
    const sends = { firing: true, count, lastAt: 1_000 };

    expect(getRepeatDelay(sends, 1_000)).toBe(gap);
    expect(getRepeatDelay(sends, 1_400)).toBe(gap - 400);
    expect(getRepeatDelay(sends, 1_000 + gap + 1)).toBe(0);
  });

  it('is none when nothing is uncertain', () => {
    expect(getRepeatDelay(undefined, 5)).toBe(0);
  });
});

describe('a message that got no slot', () => {
  it('books further ahead, the more urgent it is', () => {
    expect(getBookingWindow('urgent')).toBe(5 * MINUTE);
    expect(getBookingWindow('message')).toBe(2_400);
    expect(getBookingWindow('rest')).toBe(1_200);
  });

  it('comes back when a slot may be free, after at least a second', () => {
    const base = getSecondsUntilSlot(0, 'rest', 'k', 1);

    expect(base).toBeGreaterThanOrEqual(SECOND);
    expect(getSecondsUntilSlot(11_200, 'rest', 'k', 1) - base).toBe(9 * SECOND);
    expect(getSecondsUntilDigestSlot(10_000, 'k', 1) - getSecondsUntilDigestSlot(0, 'k', 1)).toBe(9 * SECOND);
  });

  it('comes back at another time than its neighbours, within a spread that grows up to a bound', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);
    const latest = (rank: 'urgent' | 'message' | 'rest', attempt: number) =>
      Math.max(...keys.map((key) => getSecondsUntilSlot(0, rank, key, attempt) - SECOND));
    const digest = keys.map((key) => getSecondsUntilDigestSlot(0, key, 1) - SECOND);

    expect(new Set(keys.map((key) => getSecondsUntilSlot(0, 'urgent', key, 1))).size).toBeGreaterThan(250);
    for (const [rank, attempt, bound] of [
      ['urgent', 1, 4],
      ['urgent', 9, 20],
      ['message', 2, 8],
      ['message', 50, 90],
      ['rest', 50, 90],
    ] as const) {
      expect(latest(rank, attempt)).toBeLessThanOrEqual(bound * SECOND);
      expect(latest(rank, attempt)).toBeGreaterThan(bound * SECOND * 0.95);
    }
    expect(Math.max(...digest)).toBeLessThanOrEqual(5 * SECOND);
    expect(Math.max(...digest)).toBeGreaterThan(4_750);
  });
});

describe('the pause before a retry', () => {
  it('grows with each attempt, up to five minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((count) => getRetryDelaySeconds(count, undefined))).toEqual([
      1, 1, 5, 30, 60, 120, 300, 300,
    ]);
  });

  it('is what the server asks for, in whole seconds, within bounds', () => {
    expect(getRetryDelaySeconds(6, 1_001)).toBe(2);
    expect(getRetryDelaySeconds(6, 0)).toBe(1);
    expect(getRetryDelaySeconds(1, 24 * 60 * MINUTE)).toBe(300);
    expect(boundRetryAfter(-1)).toBe(0);
    expect(boundRetryAfter(7)).toBe(7);
  });
});

describe('messages and outcomes', () => {
  it('are the same message only in the same place', () => {
    const one = { channelId: 'C1', ts: '1' };

    expect(isSameMessage(one, { ...one })).toBe(true);
    expect(isSameMessage(one, { ...one, ts: '2' })).toBe(false);
    expect(isSameMessage(one, { ...one, channelId: 'C2' })).toBe(false);
    expect(isSameMessage(one, undefined)).toBe(false);
    expect(isSameMessage(undefined, one)).toBe(false);
    expect(isSameMessage(undefined, undefined)).toBe(true);
  });

  it('name the setting that is missing', () => {
    expect(createNotConfigured('SMTP_HOST is not set')).toEqual({
      kind: 'misconfigured',
      reason: 'not_configured',
      detail: 'SMTP_HOST is not set',
    });
  });

  it('are missing only when nothing will bring the message back', () => {
    const detail = '';

    expect(isMissing({ kind: 'misconfigured', reason: 'not_found', detail })).toBe(true);
    expect(isMissing({ kind: 'permanent', reason: 'not_found', detail })).toBe(true);
    expect(isMissing({ kind: 'permanent', reason: 'rejected', detail })).toBe(false);
    expect(isMissing({ kind: 'retryable', reason: 'not_found', detail })).toBe(false);
    expect(isMissing({ kind: 'delivered' })).toBe(false);
  });
});
