import { createHmac } from 'node:crypto';
import axios, { AxiosError, type AxiosResponse } from 'axios';
import { LONGEST_SEND } from '../../../core/delivery/budget.ts';
import { createNotConfigured, type SendOutcome } from '../../../core/delivery/delivery.ts';
import { type Millis, SECOND } from '../../../core/shared/time.ts';
import type { WebhookClient, WebhookRequest } from '../webhook-client.ts';

export type WebhookOptions = {
  /** Addresses by name. They may hold a secret of the receiver's, so no outcome shows them. */
  urls: ReadonlyMap<string, string>;
  secret: string;
  now(): Millis;
};

/** Answers are not read beyond this. */
const MAX_ANSWER = 100_000;

/** Errors after the connection was made: the receiver may have read the request. */
const BROKEN_OFF: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', AxiosError.ERR_BAD_RESPONSE]);

/** A signed POST by axios. A redirect is not followed: it would carry the notice to an address nobody configured. */
export function createHttpWebhookClient({ urls, secret, now }: WebhookOptions): WebhookClient {
  return {
    async post({ name, key, body }, withinMs = LONGEST_SEND) {
      const url = urls.get(name);
      if (url === undefined) return createNotConfigured(`NOTIFY_WEBHOOKS does not name ${name}`);
      const timestamp = String(Math.floor(now() / SECOND));
      try {
        const response = await axios.post<string>(url, body, {
          headers: {
            'content-type': 'application/json',
            'user-agent': 'first-responder',
            'idempotency-key': key,
            'x-first-responder-timestamp': timestamp,
            'x-first-responder-signature': `sha256=${sign(secret, timestamp, body)}`,
          },
          // Sent as it was signed: the client would trim it.
          transformRequest: (sent: string) => sent,
          timeout: withinMs,
          // The client's own timeout starts again with every byte.
          signal: AbortSignal.timeout(withinMs),
          responseType: 'text',
          maxRedirects: 0,
          maxContentLength: MAX_ANSWER,
          validateStatus: () => true,
        });
        return toOutcome(name, response);
      } catch (error) {
        return toTransportFailure(name, error);
      }
    },
  };
}

/** HMAC-SHA256 over `TIMESTAMP.BODY`, in hexadecimal. */
function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function toOutcome(name: WebhookRequest['name'], { status, headers }: AxiosResponse): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const detail = `webhook ${name}: HTTP ${status}`;
  if (status === 429) {
    const wait = Number(headers['retry-after']);
    const retryAfterMs = Number.isFinite(wait) && wait >= 0 ? wait * SECOND : undefined;
    return { kind: 'retryable', reason: 'rate_limited', detail, retryAfterMs };
  }
  if (status >= 500 || status === 408 || status === 425)
    return { kind: 'retryable', reason: 'unavailable', detail };
  if (status === 401 || status === 403) return { kind: 'misconfigured', reason: 'unauthorized', detail };
  if (status === 404 || status === 405 || status === 410)
    return { kind: 'misconfigured', reason: 'not_found', detail };
  if (status >= 300 && status < 400)
    return {
      kind: 'misconfigured',
      reason: 'not_found',
      detail: `${detail}, and redirects are not followed`,
    };
  return { kind: 'permanent', reason: 'rejected', detail };
}

function toTransportFailure(name: WebhookRequest['name'], error: unknown): SendOutcome {
  const code = axios.isAxiosError(error) ? (error.code ?? '') : '';
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT' || code === 'ERR_CANCELED') {
    const detail = `webhook ${name}: no answer in time`;
    return { kind: 'retryable', reason: 'timeout', detail, mayHaveArrived: true };
  }
  const known = /^[A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : '';
  if (BROKEN_OFF.has(code)) {
    const detail = `webhook ${name}: the answer broke off${known}`;
    return { kind: 'retryable', reason: 'unavailable', detail, mayHaveArrived: true };
  }
  return {
    kind: 'retryable',
    reason: 'unavailable',
    detail: `webhook ${name}: could not be reached${known}`,
  };
}
