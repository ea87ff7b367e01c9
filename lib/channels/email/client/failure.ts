import type { SendFailure } from '../../../core/delivery/delivery.ts';
import { clip } from '../../../core/shared/clip.ts';

type ErrorKey = 'code' | 'responseCode' | 'command' | 'timeoutType' | 'originalCode';

/** RFC 4954, 6: authentication is needed, failed, too weak, or needs encryption. */
const NOT_LOGGED_IN: ReadonlySet<number> = new Set([530, 534, 535, 538]);
/** RFC 1870: the server refuses the mail itself, although the answer is to the envelope. */
const TOO_LARGE = 552;

/**
 * The outcome of a failed send. A server that refuses a sender or all recipients has not seen the mail: an address is
 * wrong or not allowed until somebody mends it. A server's 4xx is temporary by definition (RFC 5321, 4.2.1). It decides
 * before nodemailer's own code, because that code only names the step.
 */
export function toSmtpFailure(error: unknown, secrets: string[]): SendFailure {
  const code = read(error, 'code');
  const status = Number(read(error, 'responseCode')) || 0;
  const detail = describe(error, code, secrets);
  if (status >= 400 && status < 500) return { kind: 'retryable', reason: 'unavailable', detail };
  if (code === 'EAUTH' || code === 'ENOAUTH' || NOT_LOGGED_IN.has(status)) {
    return { kind: 'misconfigured', reason: 'unauthorized', detail };
  }
  const step = read(error, 'command');
  if (code === 'EENVELOPE' && status !== TOO_LARGE && status >= 500) {
    if (step === 'MAIL FROM') return { kind: 'misconfigured', reason: 'unauthorized', detail };
    if (step === 'RCPT TO') return { kind: 'misconfigured', reason: 'not_found', detail };
  }
  if (status >= 500 || code === 'EENVELOPE' || code === 'EMESSAGE') {
    return { kind: 'permanent', reason: 'rejected', detail };
  }
  const mayHaveArrived = mayHaveIt(error, code) ? { mayHaveArrived: true as const } : {};
  const reason = code === 'ETIMEDOUT' || code === 'EABORT' ? 'timeout' : 'unavailable';
  return { kind: 'retryable', reason, detail, ...mayHaveArrived };
}

/** True if the server may have received the mail before it fell silent or the connection broke. */
function mayHaveIt(error: unknown, code: string): boolean {
  if (code === 'ETIMEDOUT') return read(error, 'timeoutType') === 'SOCKET_TIMEOUT';
  const broken = code === 'ESOCKET' && ['ECONNRESET', 'EPIPE'].includes(read(error, 'originalCode'));
  return code === 'EABORT' || broken;
}

/** One line of the error, without any credentials that the server echoed. */
function describe(error: unknown, code: string, secrets: string[]): string {
  let text = `SMTP: ${error instanceof Error ? error.message : 'failed'}${code ? ` (${code})` : ''}`;
  for (const secret of secrets) text = text.replaceAll(secret, '[secret]');
  return clip(text.replace(/\s+/g, ' '), 500);
}

function read(error: unknown, key: ErrorKey): string {
  if (typeof error !== 'object' || error === null) return '';
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
