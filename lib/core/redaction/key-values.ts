import { HIDDEN, isHarmlessValue } from './harmless-values.ts';
import { findHeaderValue, isSecretHeader } from './headers.ts';
import { countBackslashes, isClosing, type Quote } from './quotes.ts';
import { type Pair, readValue, type Value } from './read-value.ts';
import { isSecretName, isSecretParameter } from './secret-names.ts';

/**
 * Redacts the values of names that hold secrets. The text is read once from its beginning to its end: a name is at most 64
 * characters around a word of it, and what a value holds is not read again.
 */

const WORD =
  /pass|pwd|secret|token|credential|creds|key|auth|cookie|sessionid|sessid|sig|hmac|psk|pw(?=[\s"':=])|connect\.sid|kennwort|contrase|senha|mot.?de.?passe|пароль|密码|密碼|パスワード|비밀번호/gi;
const MAX_NAME = 64;

const NAME_CHARACTER = /[\p{L}\p{N}_.-]/u;
/** The rest of a quoted or indexed name. */
const NAME_ENDS =
  /(?:\\{0,15}(?:["'`]|&quot;|&#34;|&#x22;|&#39;|&apos;|%22|%27|u0022)|\]|%5D)?(?:\]|\[[\w.-]{0,40}\]|%5B[\w.-]{0,40}%5D)?(?: \d{1,2}(?=:))?[ \t]{0,20}/iy;
const SEPARATOR =
  /(?::[ \t]{0,3}\n[ \t]{0,20}(?=[^\s:=,[\]{}"']{0,60}\d)(?=[^\s:=,[\]{}"']{5,200}[ \t]{0,20}(?:\n|$))|:[ \t]?(?:str|string|String|bytes|SecretStr)[ \t]?=|:=|=>|->(?=[ \t])|==?(?![=~])|::?(?=[ \t])|:(?!:)|\\{1,7}u003[ad]|%3D|%3A|-&gt;|=&gt;)[ \t]{0,20}|\((?=\\{0,7}["'`])/iy;
const FLAG_SPACE = /[ \t]{1,20}(?![-|>&])/y;
/** `use --password to set it` */
const OPTION_IN_SENTENCE = /^(?:to|or|and|is|for|the|in|on|with|as|an?|flag|option|argument)$/;
const ELEMENT_BEGINS = /(?:<|&lt;)(?:[A-Za-z][\w-]{0,30}:)?$/;
const ELEMENT = /(?:\s[^<>]{0,200})?(?:>|&gt;)(?:<!\[CDATA\[)?/y;
/** `<Password value="…"/>`, and `key="password">…`. */
const ELEMENT_VALUE = /\s(?:[^<>]{0,200}?\s)?value[ \t]?=[ \t]?/iy;
const NAMED_ELEMENT = /\\{0,7}["'][^<>]{0,100}>/y;
const TUPLE = /(["'])[ \t]?,[ \t]?(?=(["'])(?=[^"'\s]{0,60}\d)[^"'\s]{1,300}\2[)\]])/y;
const ELEMENT_ENDS = /<\/|&lt;\/|\]\]>/g;
/** `name: DB_PASSWORD` and then its value: variables of a container, settings in XML. */
const NAMED =
  /(?:^|[\s<{,"'\\])(?:name|key|"Name|"Key|[A-Za-z]{1,20}Key|[A-Za-z]{1,20}Name)\\{0,7}["']?\s{0,5}[:=]\s{0,5}\\{0,7}["']?$/i;
const VALUE_OF_NAMED =
  /\\{0,7}["']?(?:\\n|[\s,]){1,60}\\{0,7}["']?[A-Za-z]{0,20}value\\{0,7}["']?\s{0,5}[:=][ \t]{0,5}/iy;
/** The same with the value first, in quotes, as far as one looks back. */
const VALUE_BEFORE_NAME =
  /value\\{0,7}["']?\s{0,5}[:=]\s{0,5}(\\{0,7}["'])([^"'\n]{1,200}?)\1[\s,]{1,5}\\{0,7}["']?[A-Za-z]{0,20}(?:name|key)\\{0,7}["']?\s{0,5}[:=]\s{0,5}\\{0,7}["']$/i;
const LOOK_BACK = 300;
/** `"password": {"value": "x"}` */
const INNER_VALUE = /\{\s{0,20}\\{0,7}["']?(?:value|plaintext)\\{0,7}["']?\s{0,5}[:=]\s{0,5}/iy;
/** `["--password", "x"]`, as programs get their arguments. */
const NEXT_ARGUMENT = /\\{0,7}["'],\s{0,20}(?=\\{0,7}["'])/y;

export function redactKeyValues(text: string): string {
  const quotes = createQuoteReader(text);
  let redacted = '';
  let done = 0;
  WORD.lastIndex = 0;
  for (let found = WORD.exec(text); found !== null; found = WORD.exec(text)) {
    const name = readName(text, found, done);
    WORD.lastIndex = Math.max(name.to, found.index + 1);
    const value = findSecret(text, name, quotes) ?? findValueBefore(text, name, done);
    if (value === undefined) continue;
    redacted += `${text.slice(done, value.from)}${HIDDEN}`;
    done = value.to;
    WORD.lastIndex = Math.max(done, name.to);
  }
  return redacted + text.slice(done);
}

type Name = { from: number; to: number };

/** The whole name around a word, from `least` on. */
function readName(text: string, { 0: word, index: at }: RegExpExecArray, least: number): Name {
  let from = at;
  while (from > least && at - from < MAX_NAME && NAME_CHARACTER.test(text.charAt(from - 1))) from -= 1;
  // The rest of a percent escape is no part of it.
  if (text[from - 1] === '%' && from + 2 <= at && /^[0-9a-f]{2}/i.test(text.slice(from, from + 2))) from += 2;
  let to = at + word.length;
  while (to < text.length && to - at < MAX_NAME && NAME_CHARACTER.test(text.charAt(to))) to += 1;
  return { from, to };
}

function findSecret(text: string, { from, to }: Name, quotes: QuoteReader): Value | undefined {
  const written = text.slice(from, to);
  const dashes = /^-*/.exec(written)?.[0].length ?? 0;
  const before = text.slice(Math.max(0, from - 60), from);
  const name = joinWords(before, written.slice(dashes).replace(/[.-]+$/, ''));
  // A host of an address is no name.
  if (/:\/\/(?:[^\s/@]{0,50}@)?$/.test(before)) return undefined;
  const isHeader = isSecretHeader(name);
  if (!isHeader && !isSecretName(name) && !(/[?&]$|&amp;$/.test(before) && isSecretParameter(name)))
    return undefined;
  const separator = readSeparator(text, { to, before, isFlag: dashes > 0 });
  if (separator === undefined) return undefined;

  const ownQuote = readOwnQuote(text, from, to);
  const pair: Pair = {
    name,
    nameAt: from,
    around: quotes.openAt(from - ownQuote),
    isQuoted: ownQuote > 0,
    beginsLine: beginsLine(text, from),
    isFlag: dashes > 0,
    ...separator,
  };
  if (separator.element) return toSecret(text, pair, readElement(text, separator.at));
  if (isHeader) return findHeaderValue(text, pair);
  return toSecret(text, pair, readValue(text, pair));
}

/** The value of `{"value": "x", "name": "DB_PASSWORD"}`, if nothing of it was redacted yet. */
function findValueBefore(text: string, { from, to }: Name, least: number): Value | undefined {
  const begin = Math.max(least, from - LOOK_BACK);
  const before = text.slice(begin, from);
  if (!/alue/i.test(before) || !isSecretName(text.slice(from, to))) return undefined;
  const [all, quote = '', value = ''] = VALUE_BEFORE_NAME.exec(before) ?? [];
  if (all === undefined || isHarmlessValue(value, { name: '', quoted: true, spoken: false }))
    return undefined;
  const valueAt = from - all.length + all.indexOf(quote + value + quote, 5) + quote.length;
  return { from: valueAt, to: valueAt + value.length, quoted: true };
}

/** `API key` is one name, and so is `mot de passe`. */
function joinWords(before: string, name: string): string {
  const [, word] = /^keys?$/i.test(name) ? (/([A-Za-z]{1,20}) $/.exec(before) ?? []) : [];
  return word === undefined ? name : `${word}_${name}`;
}

function toSecret(text: string, pair: Pair, value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  const { from, to, quoted } = value;
  const { name, spaced, isFlag } = pair;
  const content = text.slice(from, to);
  const first = quoted ? content : (/^\S*/.exec(content)?.[0] ?? '');
  const spoken = spaced && /:[ \t]*$/.test(text.slice(Math.max(0, pair.at - 30), pair.at));
  if (isFlag && OPTION_IN_SENTENCE.test(first)) return undefined;
  if (content === HIDDEN || isHarmlessValue(first, { name, quoted, spoken })) return undefined;
  return value;
}

/** The length of the quote that opens just before a name, if one closes just after it. */
function readOwnQuote(text: string, from: number, to: number): number {
  if (!/^\\{0,15}["'`]/.test(text.slice(to, to + 16))) return 0;
  return /\\{0,15}["'`]$/.exec(text.slice(Math.max(0, from - 16), from))?.[0].length ?? 0;
}

type Separator = { at: number; spaced: boolean; element: boolean };

function readSeparator(
  text: string,
  { to, before, isFlag }: { to: number; before: string; isFlag: boolean },
): Separator | undefined {
  if (ELEMENT_BEGINS.test(before)) {
    const valueAt = matchEnd(ELEMENT_VALUE, text, to);
    if (valueAt !== undefined) return { at: valueAt, spaced: false, element: false };
    const at = matchEnd(ELEMENT, text, to);
    return at === undefined ? undefined : { at, spaced: false, element: true };
  }
  if (NAMED.test(before)) {
    const at = matchEnd(VALUE_OF_NAMED, text, to);
    if (at !== undefined) return { at, spaced: true, element: false };
    const contentAt = matchEnd(NAMED_ELEMENT, text, to);
    if (contentAt !== undefined) return { at: contentAt, spaced: false, element: true };
  }
  if (/[([]["']$/.test(before)) {
    const at = matchEnd(TUPLE, text, to);
    if (at !== undefined) return { at, spaced: false, element: false };
  }
  const nameEnd = matchEnd(NAME_ENDS, text, to) ?? to;
  const at = matchEnd(SEPARATOR, text, nameEnd);
  if (at !== undefined) {
    const innerAt = matchEnd(INNER_VALUE, text, at) ?? at;
    return { at: innerAt, spaced: /\s/.test(text.charAt(innerAt - 1)), element: false };
  }
  const argumentAt = isFlag ? matchEnd(NEXT_ARGUMENT, text, to) : undefined;
  if (argumentAt !== undefined) return { at: argumentAt, spaced: false, element: false };
  const flagEnd = isFlag ? matchEnd(FLAG_SPACE, text, to) : undefined;
  return flagEnd === undefined ? undefined : { at: flagEnd, spaced: true, element: false };
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** An element's text ends at the next tag. */
function readElement(text: string, from: number): Value {
  ELEMENT_ENDS.lastIndex = from;
  return { from, to: ELEMENT_ENDS.exec(text)?.index ?? text.length, quoted: true };
}

/** Whether only indentation, a dash of a list or `export` stands before it on its line. */
function beginsLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return /^\s*(?:- |export |set |ENV |["'])?$/.test(line) && (line !== before || at <= 60);
}

type QuoteReader = { openAt(at: number): Quote | undefined };

/** Which quote is open at a place of the line. Places are asked for in order, so that the text is read once. */
function createQuoteReader(text: string): QuoteReader {
  let read = 0;
  let open: Quote | undefined;

  function step(): void {
    const character = text.charAt(read);
    if (character === '\n') open = undefined;
    if (!/["'`]/.test(character)) {
      read += 1;
      return;
    }
    const before = countBackslashes(text, 0, read);
    const isApostrophe =
      character === "'" && /\w/.test(text.charAt(read - 1)) && /\w/.test(text.charAt(read + 1));
    if (open === undefined && !isApostrophe) open = { mark: character, backslashes: before };
    else if (open !== undefined && character === open.mark && isClosing(before, open.backslashes))
      open = undefined;
    else if (open !== undefined && before > open.backslashes && character === open.mark) nest(before);
    read += 1;
  }

  /** A quote of an inner level: its content ends at the next one of the same level. */
  function nest(backslashes: number): void {
    const mark = text.charAt(read);
    inner = inner?.mark === mark && inner.backslashes === backslashes ? undefined : { mark, backslashes };
  }

  let inner: Quote | undefined;
  return {
    openAt(at) {
      while (read < at) step();
      if (open === undefined) inner = undefined;
      return inner ?? open;
    },
  };
}
