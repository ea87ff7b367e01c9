import { stripVTControlCharacters } from 'node:util';
import { cleanText, toOneLine } from '../../lib/core/shared/plain-text.ts';

/** Characters that a terminal obeys, or that change how text reads; JSON does not escape them. */
const unescaped = /[\u007f-\u009f\u2028\u2029\ufeff]|\p{Bidi_Control}/gu;

/** Text from an answer on one line, safe for a terminal: it obeys no escape sequence in it. */
export function safeLine(text: string): string {
  return toOneLine(stripVTControlCharacters(text));
}

/** The same with its line breaks. */
export function safeText(text: string): string {
  return cleanText(stripVTControlCharacters(text));
}

/** JSON with the same meaning and without characters that a terminal would obey. */
export function safeJson(json: string): string {
  return json.replace(
    unescaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines of CSV: quotes and line ends stay as they are. */
export function safeCsv(text: string): string {
  return text.replace(/(?![\t\r\n])\p{Cc}|\p{Bidi_Control}/gu, '');
}
