import { cleanText, clipMeasured, toOneLine } from '../../shared/plain-text.ts';
import { formatUtc, type Millis } from '../../shared/time.ts';
import type { Line, Span } from '../document/document-types.ts';

/**
 * The only place where text becomes Slack's mrkdwn. What a function here returns is escaped and must not be
 * escaped again. Slack: https://docs.slack.dev/messaging/formatting-message-text#escaping
 */

/** Escaping these three disarms `<!channel>` and `<@U…>` too. */
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const fence = '```';
/** A backtick in prose would open a code span that swallows what follows; this looks alike and does not. */
const harmlessBacktick = 'ˋ';

/** A line of prose of at most `max` characters after escaping. */
export function renderLine(line: Line, max: number): string {
  let text = '';
  for (const span of line) text += spanToMrkdwn(span, max - text.length);
  return text;
}

/** A link whose address went through `safeUrl`; `undefined` when it is longer than `max`. */
export function renderLink(label: string, url: string, max: number): string | undefined {
  const text = `<${escape(url)}|${escape(label)}>`;
  return text.length > max ? undefined : text;
}

/**
 * Lines in a fixed-width block of at most `max` characters: whole lines, as many as fit from the `first` or up to the
 * `last`. Says how many did not. The block cannot be left early, because no two backticks in a row stay.
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
  return { text: shown.length === 0 ? '' : fenced(shown.join('\n')), left: lines.length - shown.length };
}

/** A command, exactly as it is to be pasted; `undefined` when it cannot be shown whole and unchanged. */
export function fenceCommand(command: string, max: number): string | undefined {
  const unsafe = command.includes(fence) || command.endsWith('`');
  if (unsafe || command.trim() === '' || command.length > max) return undefined;
  const text = fenced(escape(command));
  return text.length > max ? undefined : text;
}

/**
 * Text for a `plain_text` object. Whether Slack decodes entities there is not documented, so the three
 * characters are replaced by look-alikes, which is right either way.
 */
export function toPlainTextObject(raw: string, max: number): Record<string, unknown> {
  const text = toOneLine(raw).replace(/&/g, '＆').replace(/</g, '‹').replace(/>/g, '›');
  return { type: 'plain_text', text: clipMeasured(text, max, (part) => part.length) || ' ', emoji: true };
}

/** `verbatim` keeps Slack from turning `@names`, `#channels` and addresses in plain words into links. */
export function toMrkdwnObject(text: string): Record<string, unknown> {
  return { type: 'mrkdwn', text, verbatim: true };
}

/**
 * Mentions come from configuration, never from alerts, and are the only thing that passes unescaped; one that
 * does not look like a mention is shown as text.
 */
export function renderMention(mention: string): string {
  const known = /^<(?:!channel|!here|!everyone|@[UW][A-Z0-9]{2,20}|!subteam\^S[A-Z0-9]{2,20})>$/;
  return known.test(mention) ? mention : escapeWithin(prose(mention).trim(), 80);
}

function spanToMrkdwn(span: Span, room: number): string {
  if (room <= 0) return '';
  if (typeof span === 'string') return escapeWithin(prose(span), room);
  if ('time' in span) return fits(dateToken(span.time), room);
  const [raw, mark] =
    'bold' in span ? [toOneLine(span.bold).replaceAll('*', '∗'), '*'] : [toOneLine(span.code), '`'];
  const inner = escapeWithin(raw.replaceAll('`', harmlessBacktick), room - 2);
  return inner === '' ? '' : `${mark}${inner}${mark}`;
}

/** Line breaks stay out of prose: a label could otherwise forge a line of ours. Spaces at the ends are ours. */
function prose(raw: string): string {
  return cleanText(raw)
    .replace(/[\n\t]+/g, ' ')
    .replaceAll('`', harmlessBacktick);
}

/** Shown in each reader's zone; the fallback is for clients that cannot. */
function dateToken(time: Millis): string {
  const words = formatUtc(time);
  if (!words.endsWith('UTC') || time < 0) return words;
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} {time}|${words}>`;
}

function fits(text: string, room: number): string {
  return text.length > room ? '' : text;
}

function fenced(escaped: string): string {
  return `${fence}\n${escaped}\n${fence}`;
}

function escape(raw: string): string {
  return raw.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

function escapeWithin(raw: string, max: number): string {
  return escape(clipMeasured(raw, max, (part) => escape(part).length));
}
