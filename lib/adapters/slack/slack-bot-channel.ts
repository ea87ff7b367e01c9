import { type Logger, LogLevel, WebClient } from '@slack/web-api';
import type { SlackChannel } from '../../core/delivery/channels.ts';
import type { MessageRef, SendOutcome } from '../../core/delivery/delivery.ts';
import type { SlackMessage } from '../../core/notice/message.ts';
import { slackFailure } from './slack-failure.ts';

export type SlackBotOptions = {
  token: string;
  /** Base of Slack's Web API, ending in `/api/`; default Slack's own. */
  apiUrl?: string;
  /** For one call, in milliseconds. */
  timeoutMs?: number;
};

/**
 * Slack by bot token: posts, threads, edits. One call to Slack per call here: retries belong to the queue, which
 * keeps them across crashes. Every failure is an outcome; nothing is thrown.
 */
export function createSlackBotChannel(options: SlackBotOptions): SlackChannel {
  const client = new WebClient(options.token, {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    timeout: options.timeoutMs ?? 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silentLogger,
  });

  async function call(method: 'chat.postMessage' | 'chat.update', fields: Fields): Promise<SendOutcome> {
    try {
      const answer = await client.apiCall(method, fields);
      return { kind: 'delivered', ...reference(answer) };
    } catch (error) {
      return slackFailure(error, options.token);
    }
  }

  const post = (message: SlackMessage, where: Fields) =>
    call('chat.postMessage', { ...message, ...where, unfurl_links: false, unfurl_media: false });

  return {
    canEdit: true,
    post: (to, message) => post(message, { channel: to }),
    reply: (ref, message, { broadcast }) =>
      post(message, { channel: ref.channelId, thread_ts: ref.ts, reply_broadcast: broadcast }),
    update: (ref, message) => call('chat.update', { ...message, channel: ref.channelId, ts: ref.ts }),
  };
}

/** Arguments of an API method. `link_names` is never among them: no text of an alert may become a mention. */
type Fields = Record<string, unknown>;

function reference(answer: object): { ref?: MessageRef } {
  if (!('channel' in answer) || !('ts' in answer)) return {};
  const { channel, ts } = answer;
  return typeof channel === 'string' && typeof ts === 'string' ? { ref: { channelId: channel, ts } } : {};
}

/** The client's own log lines repeat what the outcome says, and would show message text. */
const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
