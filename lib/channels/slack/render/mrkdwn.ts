import type { Line, Span } from '../../../core/notice/document/document-types.ts';
import { cleanText, clipMeasured, toOneLine } from '../../../core/shared/plain-text.ts';
import { formatUtc, type Millis } from '../../../core/shared/time.ts';

/**
 * The only place where text becomes Slack's mrkdwn. Results are escaped and must not be escaped again. Slack:
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */

/** Escaping these three also disarms `<!channel>` and `<@U…>`. */
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const fence = '```';
/** A backtick in prose would open a code span; this look-alike does not. */
const harmlessBacktick = 'ˋ';

/** A line of prose with at most `max` characters after escaping. */
export function renderLine(line: Line, max: number): string {
  let text = '';
  for (const span of line) text += spanToMrkdwn(span, max - text.length);
  return text;
}

/** A link whose address was checked by `safeUrl`; `undefined` when it is longer than `max`. */
export function renderLink(label: string, url: string, max: number): string | undefined {
  // A bar would end the address early, and a backtick would begin code.
  const name = toOneLine(label.replace(/[|`]/g, ' ')) || 'Link';
  const text = `<${escape(url)}|${escape(name)}>`;
  return text.length > max ? undefined : text;
}

/**
 * Lines in a fixed-width block of at most `max` characters: as many whole lines as fit, from the `first` or
 * up to the `last`. `left` counts the others. Two backticks in a row are replaced, so no text can end the
 * block.
 */
export function fenceLines(
  lines: string[],
  max: number,
  keep: 'first' | 'last',
): { text: string; left: number } {
  const room = max - 2 * (fence.length + 1);
  const kept: string[] = [];
  let used = 0;
  for (const raw of keep === 'first' ? lines : lines.toReversed()) {
    const line = escapeWithin(
      cleanText(raw)
        .replace(/\n/g, ' ')
        .replace(/`{2,}|`$/g, harmlessBacktick),
      400,
    );
    if (used + line.length + 1 > room) break;
    kept.push(line);
    used += line.length + 1;
  }
  const shown = keep === 'first' ? kept : kept.toReversed();
  return { text: shown.length === 0 ? '' : wrapInFence(shown.join('\n')), left: lines.length - shown.length };
}

/** A command exactly as it is to be pasted; `undefined` when it cannot be shown whole and unchanged. */
export function fenceCommand(command: string, max: number): string | undefined {
  const unsafe = command.includes(fence) || command.endsWith('`');
  if (unsafe || command.trim() === '') return undefined;
  const text = wrapInFence(escape(command));
  return text.length > max ? undefined : text;
}

/**
 * Text for a `plain_text` object. Slack does not document whether it decodes entities there. So the three
 * characters become look-alikes, which are right either way.
 */
export function toPlainTextObject(raw: string, max: number): Record<string, unknown> {
  const text = toOneLine(raw).replace(/&/g, '＆').replace(/</g, '‹').replace(/>/g, '›');
  return { type: 'plain_text', text: clipMeasured(text, max, (part) => part.length) || ' ', emoji: true };
}

/** `verbatim` keeps Slack from turning `@names`, `#channels` and addresses in plain text into links. */
export function toMrkdwnObject(text: string): Record<string, unknown> {
  return { type: 'mrkdwn', text, verbatim: true };
}

/**
 * Mentions come from configuration, never from alerts, and only they stay unescaped. Anything that does not
 * look like a mention is shown as text.
 */
export function renderMention(mention: string): string {
  const known = /^<(?:!channel|!here|!everyone|@[UW][A-Z0-9]{2,20}|!subteam\^S[A-Z0-9]{2,20})>$/;
  return known.test(mention) ? mention : escapeWithin(cleanProse(mention).trim(), 80);
}

function spanToMrkdwn(span: Span, room: number): string {
  if (typeof span === 'string') return escapeWithin(cleanProse(span), room);
  if ('time' in span) return fits(toDateToken(span.time), room);
  const [raw, mark] =
    'bold' in span ? [toOneLine(span.bold).replaceAll('*', '∗'), '*'] : [toOneLine(span.code), '`'];
  const inner = escapeWithin(raw.replaceAll('`', harmlessBacktick), room - 2);
  return inner === '' ? '' : `${mark}${inner}${mark}`;
}

/**
 * Removes line breaks, because a label could forge a line of ours. Keeps spaces at the ends, which are ours.
 */
function cleanProse(raw: string): string {
  return cleanText(raw)
    .replace(/[\n\t]+/g, ' ')
    .replaceAll('`', harmlessBacktick);
}

/** Shown in each reader's zone; the words are for clients that cannot do so. */
function toDateToken(time: Millis): string {
  const words = formatUtc(time);
  if (!words.endsWith('UTC') || time < 0) return words;
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} {time}|${words}>`;
}

function fits(text: string, room: number): string {
  return text.length > room ? '' : text;
}

function wrapInFence(escaped: string): string {
  return `${fence}\n${escaped}\n${fence}`;
}

function escape(raw: string): string {
  return raw.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

function escapeWithin(raw: string, max: number): string {
  return escape(clipMeasured(raw, max, (part) => escape(part).length));
}
