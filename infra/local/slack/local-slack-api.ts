import { checkSlackBlocks } from './check-slack-blocks.ts';
import { createLocalSlackMessages, type LocalSlackMessages } from './local-slack-messages.ts';
import { parseObject, rateLimited, type SlackAnswer } from './slack-answer.ts';
import { callWebApi, type SlackRules, type Workspace } from './slack-web-api.ts';

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
export function createLocalSlackApi(rules: SlackRules): LocalSlackApi {
  const { now = Date.now } = rules;
  const messages = createLocalSlackMessages(now);
  const lastPost = new Map<string, number>();

  function tooSoon(channelId: string): boolean {
    const at = now();
    if (at - (lastPost.get(channelId) ?? 0) < 1000) return true;
    lastPost.set(channelId, at);
    return false;
  }

  const workspace = { messages, rules, now, tooSoon };
  return {
    messages,
    web: (method, fields, token) => callWebApi(workspace, method, fields, token),
    webhook: (body) => postToWebhook(workspace, body),
    respond: (channelId, ts, body) => respond(messages, channelId, ts, body),
  };
}

function postToWebhook({ messages, rules, tooSoon }: Workspace, body: string): SlackAnswer {
  const payload = parseObject(body);
  if (!payload) return { status: 400, body: 'invalid_payload' };
  const text = typeof payload.text === 'string' ? payload.text : '';
  const checked = checkSlackBlocks(payload.blocks ?? []);
  if (checked.kind === 'problem') return { status: 400, body: checked.error };
  if (text === '' && checked.blocks.length === 0) return { status: 400, body: 'no_text' };
  if (rules.onePerSecond && tooSoon('webhook')) return rateLimited(1);
  messages.add({ channel: '', text, blocks: checked.blocks, via: 'webhook' });
  return { body: 'ok' };
}

function respond(messages: LocalSlackMessages, channelId: string, ts: string, body: string): SlackAnswer {
  const payload = parseObject(body);
  const message = messages.find(channelId, ts);
  if (!message) return { status: 404, body: 'used_url' };
  if (payload?.response_type !== 'ephemeral' || typeof payload.text !== 'string' || payload.text === '') {
    return { status: 400, body: 'invalid_payload' };
  }
  message.answers = [...(message.answers ?? []), payload.text];
  return { body: 'ok' };
}
