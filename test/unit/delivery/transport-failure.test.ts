import { describe, expect, it } from 'vitest';
import { toTransportFailure } from '../../../lib/core/delivery/transport-failure.ts';

describe('a request without an answer', () => {
  it.each(['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED'])('may have arrived when time was up (%s)', (code) => {
    expect(toTransportFailure('webhook pager', code)).toEqual({
      kind: 'retryable',
      reason: 'timeout',
      detail: 'webhook pager: no answer in time',
      mayHaveArrived: true,
    });
  });

  it.each(['ECONNRESET', 'EPIPE', 'ERR_BAD_RESPONSE'])('may have arrived when it broke off (%s)', (code) => {
    expect(toTransportFailure('webhook pager', code)).toEqual({
      kind: 'retryable',
      reason: 'unavailable',
      detail: `webhook pager: the answer broke off (${code})`,
      mayHaveArrived: true,
    });
  });

  it('did not arrive when there was no connection, and its code is shown', () => {
    expect(toTransportFailure('webhook pager', 'ECONNREFUSED')).toEqual({
      kind: 'retryable',
      reason: 'unavailable',
      detail: 'webhook pager: could not be reached (ECONNREFUSED)',
    });
  });

  it.each([undefined, '', 'https://pager.example/?token=secret'])('shows nothing but a code (%s)', (code) => {
    expect(toTransportFailure('webhook pager', code)).toMatchObject({
      detail: 'webhook pager: could not be reached',
    });
  });
});
