import { parseMrkdwn } from '../../../infra/local/slack/parse-mrkdwn.ts';
import { readBlock } from '../../../infra/local/slack/read-block.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';

/** Everything that a reader of a Slack message sees, line by line. */
export function shownText({ blocks }: SlackMessage): string {
  const texts = blocks.flatMap((raw) => {
    const block = readBlock(raw);
    if (block.kind === 'header') return [block.text];
    if (block.kind !== 'section' && block.kind !== 'context') return [];
    return block.texts.map((mrkdwn) =>
      parseMrkdwn(mrkdwn)
        .map(({ kind, text }) => (kind === 'pre' ? `\n${text}\n` : text))
        .join(''),
    );
  });
  return texts.join('\n');
}

/** Whether a text can be read there whole, despite marks and look-alike characters. */
export function isShown(text: string, shown: string): boolean {
  return plain(shown).includes(plain(text));
}

function plain(text: string): string {
  return text
    .replaceAll('＆', '&')
    .replaceAll('‹', '<')
    .replaceAll('›', '>')
    .replace(/[`ˋ*∗_~]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
