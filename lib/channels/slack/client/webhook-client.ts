import axios from 'axios';
import { LONGEST_SEND } from '../../../core/delivery/budget.ts';
import type { SendFailure, SendOutcome } from '../../../core/delivery/delivery.ts';
import { toTransportFailure } from '../../../core/delivery/transport-failure.ts';
import type { Millis } from '../../../core/shared/time.ts';
import type { SlackClient, SlackMessage } from '../slack-client.ts';
import { ERROR_CODE, PAYLOAD_TOO_LARGE } from './failure.ts';

export type SlackWebhookOptions = {
  /** The Slack incoming webhook's address. It is a secret: its holder can post. */
  url: string;
};

/**
 * Slack by Slack incoming webhook: posts only, into the webhook's own channel. A reply becomes a post. An edit fails
 * as `not_found`, after which the flow posts again. Errors of axios hold the address, so none of their text reaches an
 * outcome.
 */
export function createSlackWebhookClient(options: SlackWebhookOptions): SlackClient {
  async function post(message: SlackMessage, withinMs: Millis = LONGEST_SEND): Promise<SendOutcome> {
    try {
      const response = await axios.post<string>(
        options.url,
        { text: message.text, blocks: message.blocks, unfurl_links: false, unfurl_media: false },
        {
          timeout: withinMs,
          // The client's own timeout starts again with every byte.
          signal: AbortSignal.timeout(withinMs),
          responseType: 'text',
          maxRedirects: 0,
          maxContentLength: 100_000,
          validateStatus: () => true,
        },
      );
      const body = response.data.trim();
      if (response.status === 200) return okOrNot(body);
      return webhookFailure(response.status, body, Number(response.headers['retry-after']));
    } catch (error) {
      return toTransportFailure('Slack webhook', axios.isAxiosError(error) ? error.code : undefined);
    }
  }

  return {
    canEdit: false,
    post: (_to, message, withinMs) => post(message, withinMs),
    reply: (_ref, message, _options, withinMs) => post(message, withinMs),
    async update() {
      return { kind: 'permanent', reason: 'not_found', detail: 'an incoming webhook cannot edit' };
    },
  };
}

function okOrNot(body: string): SendOutcome {
  if (body === 'ok') return { kind: 'delivered' };
  return { kind: 'retryable', reason: 'unavailable', detail: 'Slack webhook: HTTP 200 without "ok"' };
}

function webhookFailure(status: number, body: string, retryAfter: number): SendFailure {
  const code = ERROR_CODE.test(body) ? body : undefined;
  const detail = `Slack webhook: HTTP ${status}${code === undefined ? '' : ` ${code}`}`;
  if (status === 429) {
    const wish = Number.isFinite(retryAfter) && retryAfter >= 0 ? { retryAfterMs: retryAfter * 1000 } : {};
    return { kind: 'retryable', reason: 'rate_limited', detail, ...wish };
  }
  if (status === PAYLOAD_TOO_LARGE) return { kind: 'permanent', reason: 'rejected', detail };
  if (code === undefined || status >= 500 || status === 408) {
    return { kind: 'retryable', reason: 'unavailable', detail };
  }
  if (status === 401 || status === 403) return { kind: 'misconfigured', reason: 'unauthorized', detail };
  if (status === 404 || status === 410) return { kind: 'misconfigured', reason: 'not_found', detail };
  return { kind: 'permanent', reason: 'rejected', detail };
}
