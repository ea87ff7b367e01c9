import { type FetchFunction, type Logger, LogLevel, WebClient } from '@slack/web-api';
import { LONGEST_SEND } from '../../../core/delivery/budget.ts';
import type { MessageRef, SendOutcome } from '../../../core/delivery/delivery.ts';
import type { Millis } from '../../../core/shared/time.ts';
import type { SlackClient, SlackMessage } from '../slack-client.ts';
import { toSlackFailure } from './failure.ts';

export type SlackBotOptions = {
  token: string;
  /** Base of Slack's Web API, ending in `/api/`; default Slack's own. */
  apiUrl?: string;
};

/**
 * Slack by bot token: posts, threads, edits. One call to Slack per call here: retries belong to the queue, which
 * keeps them across crashes. Every failure is an outcome; nothing is thrown.
 */
export function createSlackBotClient(options: SlackBotOptions): SlackClient {
  /** The timeout belongs to the client, so a call with a time of its own needs a client of its own. */
  function client(timeout: Millis): WebClient {
    return new WebClient(options.token, {
      slackApiUrl: options.apiUrl,
      timeout,
      fetch: boundedFetch,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger: silentLogger,
    });
  }

  async function call(
    method: 'chat.postMessage' | 'chat.update',
    fields: Fields,
    withinMs: Millis = LONGEST_SEND,
  ): Promise<SendOutcome> {
    try {
      const answer = await client(withinMs).apiCall(method, fields);
      return { kind: 'delivered', ...reference(answer) };
    } catch (error) {
      const failure = toSlackFailure(error, options.token);
      // An edit can be repeated: the result is the same.
      return method === 'chat.update' ? certain(failure) : failure;
    }
  }

  const post = (message: SlackMessage, where: Fields, withinMs?: Millis) =>
    call('chat.postMessage', { ...message, ...where, unfurl_links: false, unfurl_media: false }, withinMs);

  return {
    canEdit: true,
    post: (to, message, withinMs) => post(message, { channel: to }, withinMs),
    reply: (ref, message, { broadcast }, withinMs) =>
      post(message, { channel: ref.channelId, thread_ts: ref.ts, reply_broadcast: broadcast }, withinMs),
    update: (ref, message, withinMs) =>
      call('chat.update', { ...message, channel: ref.channelId, ts: ref.ts }, withinMs),
  };
}

/** Slack's answers have a few hundred bytes, or at most repeat the message. */
const MAX_ANSWER = 1_000_000;

const boundedFetch: FetchFunction = async (url, init) => {
  const response = await fetch(url, init);
  if (response.body === null) return response;
  let left = MAX_ANSWER;
  const bound = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left < 0) controller.error(Object.assign(new Error('too long an answer'), { code: 'ETOOLONG' }));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(bound), { status, statusText, headers });
};

function certain(failure: SendOutcome): SendOutcome {
  if (failure.kind !== 'retryable') return failure;
  const { mayHaveArrived: _, ...rest } = failure;
  return rest;
}

/** Arguments of an API method. `link_names` is never among them: no text of an alert may become a mention. */
type Fields = Record<string, unknown>;

function reference(answer: object): { ref?: MessageRef } {
  if (!('channel' in answer) || !('ts' in answer)) return {};
  const { channel, ts } = answer;
  return typeof channel === 'string' && typeof ts === 'string' ? { ref: { channelId: channel, ts } } : {};
}

/** The client's own log lines repeat the outcome, and would show message text. */
const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
