import type { SendOutcome } from '../../../core/delivery/delivery.ts';
import { clip } from '../../../core/shared/clip.ts';
import { toSmtpFailure } from './failure.ts';

const MAX_NAMED = 5;

/**
 * The outcome of a mail that the server accepted. The server may still have refused it for some recipients: nodemailer
 * reports them next to the success, each with the server's own answer. While one of those answers is temporary, the
 * mail is to be sent again, but only to those who do not have it.
 */
export function toAcceptedOutcome(info: object, secrets: string[]): SendOutcome {
  const refusals = listOf(info, 'rejectedErrors').map((error) => ({
    address: text(error, 'recipient'),
    failure: toSmtpFailure(error, secrets),
  }));
  if (refusals.length === 0) return { kind: 'delivered' };
  const named = refusals.slice(0, MAX_NAMED).map(({ address, failure }) => `${address}: ${failure.detail}`);
  const more = refusals.length > MAX_NAMED ? `; and ${refusals.length - MAX_NAMED} more` : '';
  const detail = clip(`refused for ${named.join('; ')}${more}`, 500);
  if (refusals.every(({ failure }) => failure.kind !== 'retryable'))
    return { kind: 'delivered', refused: detail };
  return {
    kind: 'retryable',
    reason: 'unavailable',
    detail,
    taken: listOf(info, 'accepted').flatMap((address) => (typeof address === 'string' ? [address] : [])),
  };
}

function listOf(info: object, key: string): unknown[] {
  const value: unknown = Reflect.get(info, key);
  return Array.isArray(value) ? value : [];
}

function text(error: unknown, key: string): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === 'string' ? value : 'a recipient';
}
