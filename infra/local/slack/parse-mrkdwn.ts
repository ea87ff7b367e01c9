/** One run of Slack's mrkdwn as a reader sees it; all text is unescaped. */
export type MrkdwnToken =
  | { kind: 'text' | 'bold' | 'italic' | 'strike' | 'code' | 'pre' | 'mention'; text: string }
  | { kind: 'link'; text: string; url: string }
  /** `text` is the sender's fallback. */
  | { kind: 'date'; text: string; seconds: number };

/**
 * Tokens in order of precedence: nothing inside code is parsed further. A `pre` stands on lines of its own and includes
 * the line breaks around it.
 */
const structure = /\n?```\n?([\s\S]*?)\n?```\n?|`([^`\n]+)`|<([^<>\n]+)>/g;
/** Slack requires a mark to touch its word, and no other word character next to the mark. */
const emphasis = /(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}*_~])/gu;

/** The part of mrkdwn that this system writes, parsed like Slack's clients do. */
export function parseMrkdwn(mrkdwn: string): MrkdwnToken[] {
  const tokens: MrkdwnToken[] = [];
  let from = 0;
  for (const match of mrkdwn.matchAll(structure)) {
    tokens.push(...emphasised(mrkdwn.slice(from, match.index)));
    from = match.index + match[0].length;
    const [, pre, code, special] = match;
    if (pre !== undefined) tokens.push({ kind: 'pre', text: unescape(pre) });
    else if (code !== undefined) tokens.push({ kind: 'code', text: unescape(code) });
    else if (special !== undefined) tokens.push(specialToken(special));
  }
  return [...tokens, ...emphasised(mrkdwn.slice(from))];
}

function emphasised(text: string): MrkdwnToken[] {
  const tokens: MrkdwnToken[] = [];
  let from = 0;
  for (const match of text.matchAll(emphasis)) {
    if (match.index > from) tokens.push({ kind: 'text', text: unescape(text.slice(from, match.index)) });
    from = match.index + match[0].length;
    const kind = match[1] === '*' ? 'bold' : match[1] === '_' ? 'italic' : 'strike';
    tokens.push({ kind, text: unescape(match[2] ?? '') });
  }
  if (from < text.length) tokens.push({ kind: 'text', text: unescape(text.slice(from)) });
  return tokens;
}

function specialToken(special: string): MrkdwnToken {
  const date = /^!date\^(\d+)\^[^|]*\|(.*)$/.exec(special);
  if (date) return { kind: 'date', text: unescape(date[2] ?? ''), seconds: Number(date[1]) };
  const [target = '', label] = special.split('|', 2);
  if (/^[!@#]/.test(target)) return { kind: 'mention', text: unescape(label ?? mentionName(target)) };
  return { kind: 'link', text: unescape(label ?? target), url: unescape(target) };
}

function mentionName(target: string): string {
  const name = target.replace(/^!subteam\^|^[!@#]/, '');
  return `@${name}`;
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
