import { HIDDEN } from './harmless-values.ts';
import { findClosing, type Quote, readOpening } from './quotes.ts';
import { isPlural } from './secret-names.ts';

/**
 * Where a value ends. Its form says so: a quote, the end of a URL's parameter, the next pair of a list, white space, or the end of
 * the line. Characters such as `,` `;` `&` `)` `}` end a value only in a form that they end.
 */

export type Pair = {
  name: string;
  /** The text before and after the value: where the name begins, and where the value may begin. */
  nameAt: number;
  at: number;
  /** The quote that is open around the whole pair. */
  around: Quote | undefined;
  /** Whether the name has quotes of its own. */
  isQuoted: boolean;
  /** Whether the name is the first of its line. */
  beginsLine: boolean;
  /** Whether a space stands between name and value. */
  spaced: boolean;
  /** Whether the name is an option of a command, `--password`. */
  isFlag: boolean;
};

/** The secret itself, without quotes. */
export type Value = { from: number; to: number; quoted: boolean };

/** The next pair of a list, where one may begin. */
const NEXT_PAIR = /[,;&|][ \t]?[A-Za-z_][\w.-]{0,40}(?: [A-Za-z]{1,20})?["']?[ \t]?(?:=|:(?!\/\/))/y;
/** ODBC's way to quote. */
const BRACED = /\{[^{}:=\s"']{1,200}\}/y;
const NEXT_WORD_PAIR = /[ \t]["']?[A-Za-z_][\w.-]{0,40}["']?(?:=|:(?!\/\/))/g;
const PARAMETER_BEGINS = /(?:[?&]|&amp;|%26|%3[Ff])(?:[\w.-]{0,20}(?:\[|%5[Bb]))?$/;
/** What closes what was open before the pair: brackets, the end of a sentence. */
const CLOSERS = /[,;.)\]}>]{1,3}$/;
const TAG = /^<(?:\/|[a-z][\w:-]{0,30}(?:\s[^<>]{0,60})?>)/i;
/** YAML's tags and anchors: `password: !!str x`. */
const TAG_OR_ANCHOR = /(?:!!?[A-Za-z]{0,20}|&[\w-]{1,40}) (?=\S)/y;
/** What assigns a variable in quotes that hold nothing else: `Environment="A=b c"`. */
const ASSIGNS = /(?:\bEnvironment=|\s(?:-e|--env)[ =])["']$/;
/** An end of line in a string's escapes, as in JSON, if a line follows it. */
const ESCAPED_LINE_END = /(?:\\{1,8}[rnt]){1,4}(?=$|["'`\s#<-]|[A-Za-z_][\w.-]{0,60}["']?[ \t]?[:=]|\\)/y;

export function readValue(text: string, written: Pair): Value | undefined {
  TAG_OR_ANCHOR.lastIndex = written.at;
  const isTagged = written.spaced && !written.isFlag && TAG_OR_ANCHOR.test(text);
  const pair = isTagged ? { ...written, at: TAG_OR_ANCHOR.lastIndex } : written;
  const { at } = pair;
  if (text[at] === '[' && !text.startsWith(HIDDEN, at)) return readList(text, at);
  if (text[at] === '{' && text[at + 1] !== '{' && !matchesAt(BRACED, text, at)) return undefined;
  const opening = text.startsWith(HIDDEN, at) ? undefined : readOpening(text, at);
  if (opening !== undefined && !endsAround(text, opening, pair)) {
    const to = findEndOfParts(text, findClosing(text, opening.from, opening.quote), opening.quote, pair);
    return { from: opening.from, to, quoted: true };
  }
  // A value that was hidden before ends where it was hidden.
  return text.startsWith(HIDDEN, at) ? undefined : readBare(text, pair);
}

/** The end of quotes that follow each other directly: `'it''s'` of SQL, `'it'"'"'s'` of a shell. */
function findEndOfParts(text: string, closing: number | undefined, quote: Quote, { around }: Pair): number {
  let to = closing ?? text.length;
  for (let of = quote; ; ) {
    const next = readOpening(text, to + of.backslashes + of.mark.length);
    const isPart = next !== undefined && /["']/.test(next.quote.mark) && next.quote.mark !== around?.mark;
    if (
      !isPart ||
      next.quote.backslashes !== quote.backslashes ||
      !text.startsWith(next.quote.mark, next.from - 1)
    )
      return to;
    const end = /^[^\s,;:)\]}]/.test(text.charAt(next.from))
      ? findClosing(text.slice(0, next.from + MAX_PART), next.from, next.quote)
      : undefined;
    if (end === undefined || text.slice(next.from, end).includes('\n')) return to;
    to = end;
    of = next.quote;
  }
}

/** `["one", "two"]`: all of it, because it is as secret as its parts. */
function readList(text: string, at: number): Value {
  let place = at + 1;
  while (place < text.length && text[place] !== ']') {
    const opening = readOpening(text, place);
    if (opening === undefined) place += 1;
    else place = (findClosing(text, opening.from, opening.quote) ?? text.length) + opening.quote.mark.length;
  }
  return { from: at, to: Math.min(place + 1, text.length), quoted: true };
}

/** Whether a quote just after the separator ends what is around the pair, so that the value is empty: `"password="`. */
export function endsAround(
  text: string,
  { quote, from }: { quote: Quote; from: number },
  { around, isQuoted }: Pair,
): boolean {
  if (isQuoted || around?.mark !== quote.mark || around.backslashes !== quote.backslashes) return false;
  return /^(?:[\s,;:)}\]]|$)/.test(text.slice(from, from + 1));
}

function readBare(text: string, pair: Pair): Value {
  const from = pair.at;
  const end = findEndOfQuoteOrLine(text, pair);
  let to = from;
  const stops = chooseStops(text, pair);
  const isPart = isWholeLine(text, pair, end) ? () => true : (at: number) => !isSpace(text, at);
  while (to < end && isPart(to) && !stops(to)) to += 1;
  const value = text.slice(from, to);
  // A bracket that opens within the value is closed within it.
  const closers = /[([{<]/.test(value) ? '' : (CLOSERS.exec(value)?.[0] ?? '');
  return { from, to: closers.length < value.length ? to - closers.length : to, quoted: false };
}

/** A space ends a value, unless a shell's backslash precedes it. */
function isSpace(text: string, at: number): boolean {
  if (text[at] === ' ' && text[at - 1] === '\\' && /[^\\\s]/.test(text.charAt(at - 2))) return false;
  return /\s/.test(text.charAt(at));
}

/** The end of what the value is in: the quote around the pair, the element, or the line. */
function findEndOfQuoteOrLine(text: string, { at, around }: Pair): number {
  const ahead = text.slice(at, at + MAX_AHEAD);
  const lineEnd = ahead.indexOf('\n');
  const line = lineEnd < 0 ? ahead : ahead.slice(0, lineEnd);
  const closing = around && findClosing(line, 0, around);
  if (closing !== undefined) return at + closing;
  return line.length < MAX_AHEAD ? at + line.length : text.length;
}

/** Whether a place ends the value, by what stands before the pair. */
function chooseStops(
  text: string,
  { name, nameAt, at: begin, around, isFlag }: Pair,
): (at: number) => boolean {
  const before = text.slice(Math.max(0, nameAt - 5), nameAt);
  const isParameter = PARAMETER_BEGINS.test(text.slice(Math.max(0, nameAt - 30), nameAt));
  // After a plain ? or & the escapes are the value's own.
  const isEncoded = /[?&%]/.test(before) && !/(?:[?&]|&amp;)$/.test(before);
  // A variable holds what follows up to the next space: WEBHOOK_TOKENS=one=token,two=token.
  const mayHoldPairs =
    isFlag || isPlural(name) || (/^[A-Z][A-Z0-9_]*$/.test(name) && !/[,;&|({[]\s?$/.test(before));
  return (at) => {
    const character = text.charAt(at);
    if (character === '<') return at > begin && TAG.test(text.slice(at, at + 100));
    if (character === '&' && /^&(?:lt|quot|gt|#34|#39|apos);/.test(text.slice(at, at + 6))) return true;
    if (isParameter && (character === '&' || character === '#')) return true;
    if (isParameter && /["'`<>\\]/.test(character)) return true;
    if (character === '%') return isEncoded && /^%2[26]/.test(text.slice(at, at + 3));
    if (character === '\\') return matchesAt(ESCAPED_LINE_END, text, at);
    if (around === undefined && /["']/.test(character)) return endsWord(text, at);
    return !mayHoldPairs && /[,;&|]/.test(character) && matchesAt(NEXT_PAIR, text, at);
  };
}

/** A quote that nothing opened ends a value only at the end of a word. */
function endsWord(text: string, at: number): boolean {
  return /^["'][\s,;)\]}]?$/.test(text.slice(at, at + 2));
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Whether the value is the rest of its line, with its spaces: in files of settings, and in a text that is one pair. */
function isWholeLine(text: string, pair: Pair, end: number): boolean {
  if (ASSIGNS.test(text.slice(Math.max(0, pair.nameAt - 20), pair.nameAt))) return true;
  if (!pair.beginsLine || pair.isFlag || end - pair.at > MAX_LINE) return false;
  const lines = text.includes('\n');
  if (!lines && !pair.spaced) return false;
  const rest = text.slice(pair.at, end);
  NEXT_WORD_PAIR.lastIndex = 0;
  return !NEXT_WORD_PAIR.test(rest);
}

/** How far ahead the end of what is around the value is looked for, so that the work for each value is bounded. */
const MAX_AHEAD = 4_000;
/** How long a part in quotes of its own is. */
const MAX_PART = 300;
/** A longer line is no setting. */
const MAX_LINE = 2_000;
