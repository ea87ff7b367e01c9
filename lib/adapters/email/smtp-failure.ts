import type { SendOutcome } from '../../core/delivery/delivery.ts';

type SendFailure = Exclude<SendOutcome, { kind: 'delivered' }>;

/**
 * What a failed send comes to. A server's 4xx is temporary by definition (RFC 5321, 4.2.1) and decides before
 * nodemailer's own code does, because that code only says at which step it happened.
 */
export function smtpFailure(error: unknown, secrets: string[]): SendFailure {
  const code = read(error, 'code');
  const status = Number(read(error, 'responseCode')) || 0;
  const detail = describe(error, code, secrets);
  if (status >= 400 && status < 500) return { kind: 'retryable', reason: 'unavailable', detail };
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'permanent', reason: 'unauthorized', detail };
  if (status === 530 || status === 535) return { kind: 'permanent', reason: 'unauthorized', detail };
  if (status >= 500 || code === 'EENVELOPE' || code === 'EMESSAGE') {
    return { kind: 'permanent', reason: 'rejected', detail };
  }
  const doubtful = mayHaveIt(error, code) ? { doubtful: true as const } : {};
  const reason = code === 'ETIMEDOUT' || code === 'EABORT' ? 'timeout' : 'unavailable';
  return { kind: 'retryable', reason, detail, ...doubtful };
}

/** Whether the server may have got as far as the mail itself before it fell silent or the connection broke. */
function mayHaveIt(error: unknown, code: string): boolean {
  if (code === 'ETIMEDOUT') return read(error, 'timeoutType') === 'SOCKET_TIMEOUT';
  const broken = code === 'ESOCKET' && ['ECONNRESET', 'EPIPE'].includes(read(error, 'originalCode'));
  return code === 'EABORT' || broken;
}

/** One line of the error, with nothing in it that the server echoed of our credentials. */
function describe(error: unknown, code: string, secrets: string[]): string {
  let text = `SMTP: ${error instanceof Error ? error.message : 'failed'}${code ? ` (${code})` : ''}`;
  for (const secret of secrets) text = text.replaceAll(secret, '[secret]');
  return text.replace(/\s+/g, ' ').slice(0, 500);
}

function read(error: unknown, key: 'code' | 'responseCode' | 'timeoutType' | 'originalCode'): string {
  if (typeof error !== 'object' || error === null) return '';
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
