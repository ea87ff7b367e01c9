import type { Millis } from '../shared/time.ts';

/** Node's and axios' codes for requests that got no answer. */
const unreachable: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name is not known',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
};
const lateCodes = ['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED'];

/**
 * Why a request over HTTP got no usable answer, in one sentence. It takes the error's code and never its message,
 * which may quote a URL with a password in it.
 */
export function noAnswerReason(code: string | undefined, timeout: Millis): string {
  if (code !== undefined && lateCodes.includes(code)) return `no answer within ${timeout / 1_000} s`;
  const words = code === undefined ? undefined : unreachable[code];
  return `could not connect: ${words ?? code ?? 'the reason is not known'}`;
}

/** Why an answer that did arrive is of no use. */
export function statusReason(status: number): string {
  if (status >= 300 && status < 400) return `answered ${status}: a redirect, which is not followed`;
  if (status === 401 || status === 403) return `answered ${status}: not allowed to read`;
  return `answered ${status}`;
}
