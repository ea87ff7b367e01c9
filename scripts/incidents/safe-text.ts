import { stripVTControlCharacters } from 'node:util';
import { cleanText, toOneLine } from '../../lib/core/shared/plain-text.ts';

/** Text from an answer on one line, safe for a terminal: it obeys no escape sequence in it. */
export function safeLine(text: string): string {
  return toOneLine(stripVTControlCharacters(text));
}

/** The same with its line breaks. */
export function safeText(text: string): string {
  return cleanText(stripVTControlCharacters(text));
}

/** Lines of CSV: quotes and line ends stay as they are. */
export function safeCsv(text: string): string {
  return text.replace(/(?![\t\r\n])\p{Cc}|\p{Bidi_Control}/gu, '');
}
