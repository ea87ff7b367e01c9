import { describe, expect, it } from 'vitest';
import { isRateLimited, type SendOutcome } from '../../../lib/core/delivery/delivery.ts';

describe('isRateLimited', () => {
  const retryable = { kind: 'retryable', reason: 'rate_limited', detail: '' } as const;

  it.each<[string, SendOutcome, boolean]>([
    ['is true for a send that waits for its slot', { ...retryable, unasked: true }, true],
    ['is false when Slack asked for a pause', retryable, false],
    ['is false when the message may have arrived', { ...retryable, reason: 'timeout', unasked: true }, false],
    ['is false for a wrong configuration', { kind: 'misconfigured', reason: 'not_found', detail: '' }, false],
  ])('%s', (_what, outcome, expected) => {
    expect(isRateLimited(outcome)).toBe(expected);
  });
});
