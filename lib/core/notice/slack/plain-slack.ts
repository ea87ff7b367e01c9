import type { SlackMessage } from '../message.ts';
import { MAX_LINE, type PlainNotice, plainLines } from '../plain-notice.ts';
import { lineToMrkdwn, mentionToMrkdwn } from './slack-mrkdwn.ts';

/** Text alone: Slack has nothing to refuse in it. The mentions interrupt as those of the whole notice would. */
export function plainNoticeToSlack(notice: PlainNotice, why: string, mentions: string[]): SlackMessage {
  const called = notice.ping && notice.state === 'firing' ? mentions : [];
  const { text, blocks } = plainToSlack(plainLines(notice, why));
  return { text: [...called.map(mentionToMrkdwn), text].join(' '), blocks };
}

/** Lines as a message of text alone. */
export function plainToSlack(lines: string[]): SlackMessage {
  return { text: lines.map((line) => lineToMrkdwn([line], MAX_LINE)).join('\n'), blocks: [] };
}
