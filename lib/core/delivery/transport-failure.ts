import type { SendFailure } from './delivery.ts';

/**
 * The outcome of an HTTP request that brought no answer, from the error's code. `server` begins the detail, which never
 * holds the address.
 */
export function toTransportFailure(server: string, code = ''): SendFailure {
  switch (code) {
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
    case 'ERR_CANCELED':
      return {
        kind: 'retryable',
        reason: 'timeout',
        detail: `${server}: no answer in time`,
        mayHaveArrived: true,
      };
    // After the connection was made: the server may have read the request.
    case 'ECONNRESET':
    case 'EPIPE':
    // The answer is longer than the client reads.
    case 'ERR_BAD_RESPONSE':
      return {
        kind: 'retryable',
        reason: 'unavailable',
        detail: `${server}: the answer broke off (${code})`,
        mayHaveArrived: true,
      };
    default: {
      const known = /^[A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : '';
      return { kind: 'retryable', reason: 'unavailable', detail: `${server}: could not be reached${known}` };
    }
  }
}
