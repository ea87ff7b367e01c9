import { describe, expect, it } from 'vitest';
import { isRateLimited, type SendOutcome } from '../../../lib/core/delivery/delivery.ts';

describe('a send that waits', () => {
  const retryable = { kind: 'retryable', reason: 'rate_limited', detail: '' } as const;

  it.each<[string, SendOutcome, boolean]>([
    ['for its turn is in order', { ...retryable, unasked: true }, true],
    ['because Slack asked for a pause is not', retryable, false],
    ['because it may have arrived is not', { ...retryable, reason: 'timeout', unasked: true }, false],
    ['for its configuration is not', { kind: 'misconfigured', reason: 'not_found', detail: '' }, false],
  ])('%s', (_what, outcome, expected) => {
    expect(isRateLimited(outcome)).toBe(expected);
  });
});
