import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { LONGEST_SEND } from '../../../core/delivery/budget.ts';
import { createNotConfigured, type SendOutcome } from '../../../core/delivery/delivery.ts';
import { toTransportFailure } from '../../../core/delivery/transport-failure.ts';
import { type Millis, SECOND } from '../../../core/shared/time.ts';
import type { WebhookClient } from '../webhook-client.ts';

export type WebhookOptions = {
  /** Addresses by name. They may hold a secret of the receiver's, so no outcome shows them. */
  urls: ReadonlyMap<string, string>;
  secret: string;
  now(): Millis;
};

/** A signed POST by axios. A redirect is not followed: it would carry the notice to an address nobody configured. */
export function createHttpWebhookClient({ urls, secret, now }: WebhookOptions): WebhookClient {
  return {
    async post({ name, key, body }, withinMs = LONGEST_SEND) {
      const url = urls.get(name);
      if (url === undefined) return createNotConfigured(`NOTIFY_WEBHOOKS does not name ${name}`);
      const timestamp = String(Math.floor(now() / SECOND));
      try {
        const response = await axios.post<Readable>(url, body, {
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
          // The status says all: whatever else the answer holds is not read.
          responseType: 'stream',
          decompress: false,
          maxRedirects: 0,
          // A proxy would get the notices that never leave this machine.
          proxy: false,
          validateStatus: () => true,
        });
        response.data.on('error', () => undefined).destroy();
        return toOutcome(name, response, now());
      } catch (error) {
        return toTransportFailure(`webhook ${name}`, axios.isAxiosError(error) ? error.code : undefined);
      }
    },
  };
}

/** HMAC-SHA256 over `TIMESTAMP.BODY`, in hexadecimal. */
function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function toOutcome(name: string, { status, headers }: AxiosResponse, now: Millis): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const detail = `webhook ${name}: HTTP ${status}`;
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const reason = status === 429 ? 'rate_limited' : 'unavailable';
    return { kind: 'retryable', reason, detail, retryAfterMs: parseRetryAfter(headers['retry-after'], now) };
  }
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

/** Seconds or a date (RFC 9110, 10.2.3); `undefined` for anything else. */
function parseRetryAfter(written: unknown, now: Millis): Millis | undefined {
  if (typeof written !== 'string' || written.trim() === '') return undefined;
  const seconds = Number(written);
  const wait = Number.isNaN(seconds) ? Date.parse(written) - now : seconds * SECOND;
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}
