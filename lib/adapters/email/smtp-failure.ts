import type { SendOutcome } from '../../core/delivery/delivery.ts';
import { clip } from '../../core/shared/clip.ts';

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
  if (code === 'ETIMEDOUT') return { kind: 'retryable', reason: 'timeout', detail };
  return { kind: 'retryable', reason: 'unavailable', detail };
}

/** One line of the error, with nothing in it that the server echoed of our credentials. */
function describe(error: unknown, code: string, secrets: string[]): string {
  let text = `SMTP: ${error instanceof Error ? error.message : 'failed'}${code ? ` (${code})` : ''}`;
  for (const secret of secrets) text = text.replaceAll(secret, '[secret]');
  return clip(text.replace(/\s+/g, ' '), 500);
}

function read(error: unknown, key: 'code' | 'responseCode'): string {
  if (typeof error !== 'object' || error === null) return '';
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
