import { stripVTControlCharacters, styleText } from 'node:util';
import { type MrkdwnToken, parseMrkdwn } from '../slack/parse-mrkdwn.ts';
import { readBlock } from '../slack/read-block.ts';

/** A Slack message or a mail, as sent or as it arrived at a stand-in. */
export type TerminalNotice =
  | { text: string; blocks: Record<string, unknown>[]; channel?: string }
  | { to: string[]; subject: string; text: string };

export type TerminalOptions = {
  /** Colours and bold; off where the output is not a terminal. */
  color: boolean;
};

/** A notice as framed text for the terminal, to separate it from log lines. Ends with a line break. */
export function renderNoticeForTerminal(
  notice: TerminalNotice,
  options: TerminalOptions = { color: false },
): string {
  const style = (format: 'bold' | 'dim' | 'cyan', text: string) =>
    options.color && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  const [title, body] =
    'blocks' in notice
      ? [`Slack ${notice.channel ?? ''}`.trim(), slackLines(notice.blocks, style)]
      : [
          `Mail to ${notice.to.join(', ')}`,
          [style('bold', harmless(notice.subject)), '', ...harmless(notice.text).trimEnd().split('\n')],
        ];
  const rule = '─'.repeat(Math.max(4, 76 - title.length));
  return [
    `┌─ ${harmless(title)} ${rule}`,
    ...body.map((line) => `│ ${line}`.trimEnd()),
    `└${'─'.repeat(79)}`,
    '',
  ].join('\n');
}

type Style = (format: 'bold' | 'dim' | 'cyan', text: string) => string;

function slackLines(blocks: Record<string, unknown>[], style: Style): string[] {
  return blocks.flatMap((raw, index) => {
    const block = readBlock(raw);
    const gap = index === 0 ? [] : [''];
    switch (block.kind) {
      case 'header':
        return [...gap, style('bold', harmless(block.text))];
      case 'section':
        return [...gap, ...block.texts.flatMap((text) => mrkdwnLines(text, style))];
      case 'context':
        return block.texts.flatMap((text) => mrkdwnLines(text, style).map((line) => style('dim', line)));
      case 'actions':
        return [
          ...gap,
          block.elements.map(({ label, menu }) => `[${harmless(label)}${menu ? ' ▾' : ''}]`).join(' '),
        ];
      case 'divider':
        return ['─'.repeat(40)];
      case 'other':
        return [`[${harmless(block.type)}]`];
    }
  });
}

function mrkdwnLines(mrkdwn: string, style: Style): string[] {
  return parseMrkdwn(mrkdwn)
    .map((token) => tokenText(token, style))
    .join('')
    .replace(/^\n|\n$/g, '')
    .split('\n');
}

function tokenText(token: MrkdwnToken, style: Style): string {
  const text = harmless(token.text);
  switch (token.kind) {
    case 'bold':
      return style('bold', text);
    case 'mention':
      return style('bold', text);
    case 'pre':
      return ['', ...text.split('\n').map((line) => `    ${style('cyan', line)}`), ''].join('\n');
    case 'link':
      return `${text}: ${harmless(token.url)}`;
    case 'text':
    case 'italic':
    case 'strike':
    case 'code':
    case 'date':
      return text;
  }
}

/** Nothing in a message may move the cursor or change a colour. */
function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}/gu, '');
}
