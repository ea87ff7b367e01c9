import { expect, it } from 'vitest';
import { checkSlackBlocks } from '../../../infra/local/slack/check-slack-blocks.ts';
import { type MrkdwnToken, parseMrkdwn } from '../../../infra/local/slack/parse-mrkdwn.ts';
import {
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
  renderSlackUserAction,
  renderSlackWebhook,
} from '../../../lib/channels/slack/render/message.ts';
import { renderLine } from '../../../lib/channels/slack/render/mrkdwn.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';
import { actionReplies } from '../../../lib/core/notice/document/action-replies.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { SAMPLE_OPENED_AT } from '../../support/factories/sample-notice.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { HARMLESS, shownWords } from '../payloads/harmless.ts';
import { hostileNotice } from '../payloads/hostile-notice.ts';
import { payloads } from '../payloads/payloads.ts';

// Parsed as Slack's clients parse mrkdwn: what of it is a mention, a link, a time or code, and not whether some string is there.

const MENTION = '<!subteam^S0123ABCD>';

/** Everything that this channel sends with text from outside. */
function messagesOf(text: string): SlackMessage[] {
  const notice = hostileNotice(text);
  return [
    renderSlackRoot(notice, [MENTION]),
    renderSlackRoot({ ...notice, state: 'resolved', resolvedAt: notice.at }, [MENTION]),
    renderSlackReply(notice, [MENTION]),
    renderSlackWebhook(notice, [MENTION]),
    ...[renderSlackDetails(notice)].filter((message) => message !== undefined),
    renderSlackUserAction(userAction(text)),
    { text: replyTo(text), blocks: [] },
  ];
}

function userAction(text: string) {
  const by = { kind: 'acknowledged' as const, by: text, note: text };
  return { reason: 'acknowledged' as const, at: SAMPLE_OPENED_AT, userAction: by, summary: text };
}

function replyTo(text: string): string {
  const silence = { until: SAMPLE_OPENED_AT, extended: false, covered: 1, firing: 2 };
  const matchers = [{ name: text, value: text, isEqual: true, isRegex: false }];
  return renderLine(actionReplies.silencedNow({ ...silence, matchers }), 2_000);
}

/** Every text that Slack reads as mrkdwn. */
function mrkdwnOf({ text, blocks }: SlackMessage): string[] {
  const found: string[] = [text];
  JSON.stringify(blocks, (_, value: unknown) => {
    if (isMrkdwn(value)) found.push(value.text);
    return value;
  });
  return found;
}

function isMrkdwn(value: unknown): value is { text: string } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'mrkdwn';
}

/** What a client acts on, or shows as something else than words. */
function effectsOf(messages: SlackMessage[]): Set<string> {
  const tokens = messages.flatMap(mrkdwnOf).flatMap(parseMrkdwn);
  return new Set(tokens.flatMap(effectOf));
}

function effectOf(token: MrkdwnToken): string[] {
  switch (token.kind) {
    case 'mention':
      return [`calls ${token.text}`];
    case 'link':
      return [`leads to ${token.url}`];
    case 'date':
      return [`time ${token.seconds}`];
    case 'text':
    case 'bold':
    case 'italic':
    case 'strike':
    case 'code':
    case 'pre':
      return [];
  }
}

function readable(messages: SlackMessage[]): string {
  const texts = messages.flatMap((message) => [...mrkdwnOf(message), JSON.stringify(message.blocks)]);
  return texts.join('\n').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

it('Slack: no text calls anybody, leads anywhere, or ends its own place', async () => {
  const allowed = effectsOf(messagesOf(HARMLESS));

  const escapes = await findEscapes((text) => {
    const messages = messagesOf(text);

    expect([...effectsOf(messages)].filter((effect) => !allowed.has(effect))).toEqual([]);
    for (const { blocks } of messages.filter((each) => each.blocks.length > 0)) {
      expect(checkSlackBlocks(blocks)).toMatchObject({ kind: 'ok' });
    }
    const words = shownWords(text)?.replaceAll('`', 'ˋ');
    if (words !== undefined) expect(readable(messages)).toContain(words);
  });

  expect(escapes).toEqual([]);
  expect([...allowed]).toContain('calls @S0123ABCD');
});

it('Slack: a message that calls nobody calls nobody, whatever its texts are', async () => {
  const quiet = (text: string): Notice => ({ ...hostileNotice(text), ping: false });

  const escapes = await findEscapes((text) => {
    const effects = effectsOf([renderSlackRoot(quiet(text), [MENTION])]);

    expect([...effects].filter((effect) => effect.startsWith('calls'))).toEqual([]);
  });

  expect(escapes).toEqual([]);
});

it('meets at least 500 distinct payloads', () => {
  expect(new Set(payloads.map(({ text }) => text)).size).toBeGreaterThanOrEqual(500);
});
