import type { TextMistake } from './cel.ts';

/**
 * Inserts values from alerts or findings into other languages: one function per language, and no other way.
 * SQL has none, because values reach it only as bind values.
 */

/** Control characters end or break the line in a terminal, even in quotes; the others are invisible. */
const UNTYPEABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const PLAIN = /^[A-Za-z0-9_./:=@%+,-]+$/;
/** The end of a text after which a word begins, quoted or not. */
const WORD_BEGINS = /(^|[\s;&|()<>`])["']*$/;
/**
 * A valid value after `name=`: `=~` is another operator, programs strip spaces and quotes at the ends, and a backslash
 * changes the character after it.
 */
const VALUE_OF_NAME = /^[^\s~"'\\]([^\\]*[^\s"'\\])?$/s;

/**
 * Quotes a value for a POSIX shell line that so far is `before`. Outside quotes the value becomes one word.
 * Inside quotes, where another language may be quoted, only characters without a meaning are allowed.
 * `undefined`: the value cannot be inserted, and the line must not be shown.
 */
export function quoteForShell(value: string, before: string): string | undefined {
  if (UNTYPEABLE.test(value) || !value.isWellFormed() || isAltered(value)) return undefined;
  // A word that begins with a dash would be read as an option.
  if (value.startsWith('-') && WORD_BEGINS.test(before)) return undefined;
  if (before.endsWith('=') && !VALUE_OF_NAME.test(value)) return undefined;
  if (isQuoteOpenAfter(before)) return PLAIN.test(value) ? value : undefined;
  return PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Whether a value differs from the original: a part was cut off or redacted. */
function isAltered(value: string): boolean {
  return value.includes('…') || value.includes('[redacted]');
}

/** Whether a quote is still open after this shell text. */
function isQuoteOpenAfter(text: string): boolean {
  let open = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\' && open !== "'") index += 1;
    else if (open !== '') open = character === open ? '' : open;
    else if (character === '"' || character === "'") open = character;
  }
  return open !== '';
}

const MAX_SEGMENT = 500;

/**
 * Encodes a value as one segment of a URL's path, or a part of one. `undefined`: it is empty, a relative
 * segment such as `..`, or too long.
 */
export function encodeUrlSegment(value: string): string | undefined {
  if (value === '' || value === '.' || value === '..' || value.length > MAX_SEGMENT) return undefined;
  // encodeURIComponent throws at half a surrogate pair, and keeps RFC 3986 delimiters.
  return encodeURIComponent(value.toWellFormed()).replace(/[!'()*]/g, percentEncode);
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Escapes a value for the inside of a double-quoted PromQL string. */
export function escapePromql(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

/**
 * Why the `{{ }}` of a PromQL text cannot be filled in their places; undefined if they can. For the build.
 */
export function findPromqlHoleMistake(query: string): TextMistake | undefined {
  let open = '';
  let operator = '';
  for (let index = 0; index < query.length; index += 1) {
    const character = query.charAt(index);
    if (query.startsWith('{{', index)) {
      if (open !== '"') return { message: 'a {{ }} may only stand inside a double-quoted string', at: index };
      if (/[=!]~$/.test(operator)) {
        return { message: 'a {{ }} may not be part of a regular expression', at: index };
      }
      index = Math.max(index + 1, query.indexOf('}}', index) + 1);
    } else if (character === '\\' && open !== '' && open !== '`') index += 1;
    else if (open !== '') open = character === open ? '' : open;
    else if (/["'`]/.test(character)) {
      open = character;
      operator = query.slice(0, index).trimEnd();
    }
  }
  return undefined;
}
