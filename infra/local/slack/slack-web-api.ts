import { checkSlackBlocks } from './check-slack-blocks.ts';
import { channelIdOf, type LocalSlackMessages } from './local-slack-messages.ts';
import { done, failed, parseJson, rateLimited, type SlackAnswer } from './slack-answer.ts';

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

/** The messages of the stand-in, and the rules by which it takes them. */
export type Workspace = {
  messages: LocalSlackMessages;
  rules: SlackRules;
  now(): number;
  /** Whether a message comes too soon after the last one; counts it if not. */
  tooSoon(channelId: string): boolean;
};

/** One call to the Web API. */
export function callWebApi(
  workspace: Workspace,
  method: string,
  fields: Record<string, string>,
  token: string,
): SlackAnswer {
  const { rules } = workspace;
  if (!token) return failed('not_authed');
  if (rules.token !== undefined && token !== rules.token) return failed('invalid_auth');
  switch (method) {
    case 'auth.test':
      return done({ team: 'local', user: 'first-responder', team_id: 'T00000000', user_id: 'U00000000' });
    case 'chat.postMessage':
      return postMessage(workspace, fields);
    case 'chat.update':
      return update(workspace, fields);
    default:
      return failed('unknown_method');
  }
}

function postMessage(workspace: Workspace, fields: Record<string, string>): SlackAnswer {
  const { channel = '', text = '', thread_ts: threadTs } = fields;
  const { messages, rules } = workspace;
  const channelId = channelIdOf(channel);
  if (!exists(rules, channel, channelId)) return failed('channel_not_found');
  const content = readContent(text, fields.blocks);
  if ('answer' in content) return content.answer;
  const root = threadTs === undefined ? undefined : messages.find(channelId, threadTs);
  if (threadTs !== undefined && !root) return failed('thread_not_found');
  if (rules.onePerSecond && workspace.tooSoon(channelId)) return rateLimited(1);
  const message = messages.add({
    channel: nameOf(messages, channel, channelId),
    channelId,
    text,
    blocks: content.blocks,
    via: 'bot',
    broadcast: fields.reply_broadcast === 'true',
    threadTs,
  });
  return done({ channel: channelId, ts: message.ts, message: { text, blocks: content.blocks } });
}

function update({ messages, now }: Workspace, fields: Record<string, string>): SlackAnswer {
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

function exists({ channels }: SlackRules, channel: string, channelId: string): boolean {
  if (channels) return channels.some((name) => name === channel || channelIdOf(name) === channelId);
  return /^#[^\s#]+$/.test(channel) || /^C[A-Z0-9]{8,}$/.test(channel);
}

function nameOf(messages: LocalSlackMessages, channel: string, channelId: string): string {
  if (channel.startsWith('#')) return channel;
  return messages.all().find((each) => each.channelId === channelId)?.channel ?? channel;
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
