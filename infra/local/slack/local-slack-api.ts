import { checkSlackBlocks } from './check-slack-blocks.ts';
import { channelIdOf, createLocalSlackMessages, type LocalSlackMessages } from './local-slack-messages.ts';

/** An HTTP answer of the stand-in. */
export type SlackAnswer = {
  status?: number;
  headers?: Record<string, string>;
  body: Record<string, unknown> | string;
};

export type SlackRules = {
  /** Only this bot token is accepted; absent: any. */
  token?: string;
  /** Only these channels exist; absent: every name does. */
  channels?: string[];
  /** Slack's rule of about one message a second and channel. */
  onePerSecond?: boolean;
  /** The machine's clock, unless given. */
  now?: () => number;
};

export type LocalSlackApi = {
  messages: LocalSlackMessages;
  /** One call to the Web API. Nested values arrive as JSON text, as in a form. */
  web: (method: string, fields: Record<string, string>, token: string) => SlackAnswer;
  /** One POST to the Slack incoming webhook. */
  webhook: (body: string) => SlackAnswer;
  /** One POST to a message's response_url: a reply to the person who clicked a button under it. */
  respond: (channelId: string, ts: string, body: string) => SlackAnswer;
};

/** Slack's answer, without the HTTP around it. */
export function createLocalSlackApi(options: SlackRules): LocalSlackApi {
  const { now = Date.now } = options;
  const messages = createLocalSlackMessages(now);
  const lastPost = new Map<string, number>();

  function web(method: string, fields: Record<string, string>, token: string): SlackAnswer {
    if (!token) return failed('not_authed');
    if (options.token !== undefined && token !== options.token) return failed('invalid_auth');
    switch (method) {
      case 'auth.test':
        return done({ team: 'local', user: 'first-responder', team_id: 'T00000000', user_id: 'U00000000' });
      case 'chat.postMessage':
        return postMessage(fields);
      case 'chat.update':
        return update(fields);
      default:
        return failed('unknown_method');
    }
  }

  function postMessage(fields: Record<string, string>): SlackAnswer {
    const { channel = '', text = '', thread_ts: threadTs } = fields;
    const channelId = channelIdOf(channel);
    if (!exists(channel, channelId)) return failed('channel_not_found');
    const content = readContent(text, fields.blocks);
    if ('answer' in content) return content.answer;
    const root = threadTs === undefined ? undefined : messages.find(channelId, threadTs);
    if (threadTs !== undefined && !root) return failed('thread_not_found');
    if (options.onePerSecond && tooSoon(channelId)) return rateLimited(1);
    const message = messages.add({
      channel: nameOf(channel, channelId),
      channelId,
      text,
      blocks: content.blocks,
      via: 'bot',
      broadcast: fields.reply_broadcast === 'true',
      threadTs,
    });
    return done({ channel: channelId, ts: message.ts, message: { text, blocks: content.blocks } });
  }

  function update(fields: Record<string, string>): SlackAnswer {
    const { channel = '', text = '', ts = '' } = fields;
    // Unlike chat.postMessage, chat.update takes ids only.
    if (!/^C[A-Z0-9]{8,}$/.test(channel)) return failed('channel_not_found');
    const content = readContent(text, fields.blocks);
    if ('answer' in content) return content.answer;
    const message = messages.find(channel, ts);
    if (!message) return failed('message_not_found');
    Object.assign(message, { text, blocks: content.blocks, editedAt: now(), edits: message.edits + 1 });
    return done({ channel, ts, text });
  }

  function webhook(body: string): SlackAnswer {
    const payload = parseObject(body);
    if (!payload) return { status: 400, body: 'invalid_payload' };
    const text = typeof payload.text === 'string' ? payload.text : '';
    const checked = checkSlackBlocks(payload.blocks ?? []);
    if (checked.kind === 'problem') return { status: 400, body: checked.error };
    if (text === '' && checked.blocks.length === 0) return { status: 400, body: 'no_text' };
    if (options.onePerSecond && tooSoon('webhook')) return rateLimited(1);
    messages.add({ channel: '', text, blocks: checked.blocks, via: 'webhook' });
    return { body: 'ok' };
  }

  function respond(channelId: string, ts: string, body: string): SlackAnswer {
    const payload = parseObject(body);
    const message = messages.find(channelId, ts);
    if (!message) return { status: 404, body: 'used_url' };
    if (payload?.response_type !== 'ephemeral' || typeof payload.text !== 'string' || payload.text === '') {
      return { status: 400, body: 'invalid_payload' };
    }
    message.answers = [...(message.answers ?? []), payload.text];
    return { body: 'ok' };
  }

  function exists(channel: string, channelId: string): boolean {
    if (options.channels)
      return options.channels.some((name) => name === channel || channelIdOf(name) === channelId);
    return /^#[^\s#]+$/.test(channel) || /^C[A-Z0-9]{8,}$/.test(channel);
  }

  function nameOf(channel: string, channelId: string): string {
    if (channel.startsWith('#')) return channel;
    return messages.all().find((each) => each.channelId === channelId)?.channel ?? channel;
  }

  function tooSoon(channelId: string): boolean {
    const at = now();
    if (at - (lastPost.get(channelId) ?? 0) < 1000) return true;
    lastPost.set(channelId, at);
    return false;
  }

  return { messages, web, webhook, respond };
}

function readContent(
  text: string,
  raw = '[]',
): { blocks: Record<string, unknown>[] } | { answer: SlackAnswer } {
  const checked = checkSlackBlocks(parseJson(raw));
  if (checked.kind === 'problem') return { answer: failed(checked.error, checked.messages) };
  if (text === '' && checked.blocks.length === 0) return { answer: failed('no_text') };
  if (text.length > 40_000) return { answer: failed('msg_too_long') };
  return { blocks: checked.blocks };
}

function done(fields: Record<string, unknown>): SlackAnswer {
  return { body: { ok: true, ...fields } };
}

export function failed(error: string, messages?: string[]): SlackAnswer {
  return { body: { ok: false, error, response_metadata: messages?.length ? { messages } : undefined } };
}

export function rateLimited(seconds: number): SlackAnswer {
  return {
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: { ok: false, error: 'ratelimited' },
  };
}

export function parseObject(body: string): Record<string, unknown> | undefined {
  const value = parseJson(body);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
