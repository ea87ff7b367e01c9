import type { TextMistake } from './cel.ts';

/**
 * How a value from an alert or a finding enters another language. One function for each language; nothing else
 * puts such values there. SQL is not among them: values reach it only as bind values.
 */

/** Control characters end or interrupt the line in a terminal, whatever quotes stand around them; others do not show. */
const UNTYPEABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const PLAIN = /^[A-Za-z0-9_./:=@%+,-]+$/;
/** The end of a text after which a word begins, in quotes or not. */
const WORD_BEGINS = /(^|[\s;&|()<>`])["']*$/;
/**
 * What `name=` may be followed by: `=~` is another operator, and programs take off spaces and quotes at the ends and read
 * what follows a backslash as another character.
 */
const VALUE_OF_NAME = /^[^\s~"'\\]([^\\]*[^\s"'\\])?$/s;

/**
 * A value as part of a POSIX shell line, after the text `before` it: one word where no quotes are open. Inside quotes,
 * where other languages may be quoted in turn, only characters that mean nothing to any of them. `undefined`: this
 * value cannot be inserted here, and the line must not be shown.
 */
export function quoteForShell(value: string, before: string): string | undefined {
  if (UNTYPEABLE.test(value) || !value.isWellFormed() || isAltered(value)) return undefined;
  // A word that begins with a dash would be read as an option.
  if (value.startsWith('-') && WORD_BEGINS.test(before)) return undefined;
  if (before.endsWith('=') && !VALUE_OF_NAME.test(value)) return undefined;
  if (quoteOpenAfter(before)) return PLAIN.test(value) ? value : undefined;
  return PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Whether a value is no longer what the alert or the server had: something was cut off it, or hidden in it. */
function isAltered(value: string): boolean {
  return value.includes('…') || value.includes('[redacted]');
}

/** Whether a shell that has read this text is inside quotes. */
function quoteOpenAfter(text: string): boolean {
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
 * A value as one segment of a URL's path, or a part of one. `undefined`: it would be no segment, another one's parent,
 * or longer than any name of something.
 */
export function encodeUrlSegment(value: string): string | undefined {
  if (value === '' || value === '.' || value === '..' || value.length > MAX_SEGMENT) return undefined;
  // encodeURIComponent throws at half a character, and leaves what RFC 3986 reserves as delimiters within a segment.
  return encodeURIComponent(value.toWellFormed()).replace(/[!'()*]/g, percentEncoded);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The inside of a double-quoted PromQL string. */
export function escapePromql(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

/** Why a PromQL text cannot take values where its `{{ }}` are; `undefined` when it can. For the build. */
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
