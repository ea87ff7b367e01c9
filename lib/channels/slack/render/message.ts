import type { NoticeReason } from '../../../core/incident/effect.ts';
import type { UserAction } from '../../../core/incident/effect-schema.ts';
import { renderUserAction } from '../../../core/notice/document/action-line.ts';
import {
  renderDetails,
  renderReply,
  renderRoot,
  renderWhole,
} from '../../../core/notice/document/document.ts';
import type { Line, NoticeDocument } from '../../../core/notice/document/document-types.ts';
import type { Notice } from '../../../core/notice/notice.ts';
import { listPlainLines, MAX_LINE, type PlainNotice } from '../../../core/notice/plain-notice.ts';
import type { Millis } from '../../../core/shared/time.ts';
import type { SlackMessage } from '../slack-client.ts';
import { renderBlocks } from './blocks.ts';
import { renderButtons } from './buttons.ts';
import { renderLine, renderMention, toMrkdwnObject } from './mrkdwn.ts';

const MAX_PREVIEW = 300;
const MAX_USER_ACTION = 2000;
const webhookNote =
  'Posted through an incoming webhook, which can neither edit nor thread: later news comes as new messages.';

/**
 * The incident's root message in a channel, rendered from the current state at every change and edited in
 * place. `mentions` are the target's; they interrupt only when the notice pings and something fires.
 */
export function renderSlackRoot(notice: Notice, mentions: string[]): SlackMessage {
  const actions = renderButtons(notice);
  const document = renderRoot(notice);
  // A link that is already a button is left out.
  const links = document.links.filter(({ url }) => actions.length === 0 || url !== notice.links.runbook);
  return message({ ...document, links }, notice, mentions, { actions });
}

/** The details for the root's thread, without mentions; `undefined` if the root has everything. */
export function renderSlackDetails(notice: Notice): SlackMessage | undefined {
  const document = renderDetails(notice);
  return document && message(document, notice, []);
}

/** The news, for the thread under the root. */
export function renderSlackReply(notice: Notice, mentions: string[]): SlackMessage {
  return message(renderReply(notice), notice, mentions);
}

/**
 * A user action as one line of small print in the thread. Each of the `others`, not shown there yet, gets a
 * line too. `summary` is the effect's sentence.
 */
export function renderSlackUserAction(
  done: { reason: NoticeReason; at: Millis; userAction: UserAction; summary: string },
  others: { at: Millis; line: Line }[] = [],
): SlackMessage {
  const lines = [...others, { at: done.at, line: renderUserAction(done) }]
    .toSorted((one, other) => one.at - other.at)
    .map(({ line }) => renderLine(line, MAX_USER_ACTION));
  return {
    text: renderLine([done.summary], MAX_PREVIEW),
    blocks: [{ type: 'context', elements: lines.map((line) => toMrkdwnObject(line)) }],
  };
}

/** Everything in one message, for an incoming webhook. */
export function renderSlackWebhook(notice: Notice, mentions: string[]): SlackMessage {
  return message(renderWhole(notice), notice, mentions, { footnote: webhookNote });
}

/** A message's preview text alone, with its mentions: used when Slack refuses the blocks. */
export function renderPlainSlackMessage(
  { text, blocks }: SlackMessage,
  notice: Calling,
  mentions: string[],
): SlackMessage {
  // A message without blocks already contains its mentions.
  if (blocks.length === 0) return { text, blocks };
  return { text: [...called(notice, mentions).map(renderMention), text].join(' '), blocks: [] };
}

function message(
  document: NoticeDocument,
  notice: Notice,
  mentions: string[],
  more: { actions?: Record<string, unknown>[]; footnote?: string } = {},
): SlackMessage {
  return {
    text: renderLine([document.preview], MAX_PREVIEW),
    blocks: renderBlocks(document, called(notice, mentions), more),
  };
}

type Calling = Pick<Notice, 'ping' | 'state'>;

function called(notice: Calling, mentions: string[]): string[] {
  return notice.ping && notice.state === 'firing' ? mentions : [];
}

/** Text without blocks, which Slack has no reason to refuse. The mentions are those of the whole notice. */
export function renderPlainNoticeToSlack(notice: PlainNotice, why: string, mentions: string[]): SlackMessage {
  const called = notice.ping && notice.state === 'firing' ? mentions : [];
  const { text, blocks } = renderPlainSlack(listPlainLines(notice, why));
  return { text: [...called.map(renderMention), text].join(' '), blocks };
}

/** Lines as a message without blocks. */
export function renderPlainSlack(lines: string[]): SlackMessage {
  return { text: lines.map((line) => renderLine([line], MAX_LINE)).join('\n'), blocks: [] };
}
