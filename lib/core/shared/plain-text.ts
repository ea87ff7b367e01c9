/**
 * Makes text from outside (labels, annotations, query results) safe to show. It cannot move the cursor,
 * reverse the reading direction of the text after it, or break a header or a JSON string.
 */

export { clip, clipMeasured, clipMiddle, isPlainPrint } from './clip.ts';

/** What some reader takes for the end of a line. Removed, it would join two words. */
const lineEnds = /\r\n|[\v\f\r\u0085\u2028\u2029]/g;
/** Control characters except tab and line feed. */
const controls = /[^\P{Cc}\t\n]/gu;
/** Direction overrides, embeddings and isolates; the byte order mark. */
const layout = /[\p{Bidi_Control}\ufeff]/gu;

/** Well-formed Unicode without control characters; line breaks stay, each as a line feed. */
export function cleanText(raw: string): string {
  return raw.toWellFormed().replace(lineEnds, '\n').replace(controls, '').replace(layout, '');
}

/** Control characters except tab and line feed, and what `layout` has: JSON.stringify leaves most of them. */
const unsafe = /(?![\t\n])\p{Cc}|[\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/**
 * Spells such characters as JSON does: `\u202e`. In JSON the text means the same, and elsewhere people see them.
 * `keep` says which ones stay, by their place.
 */
export function escapeUnsafe(text: string, keep?: (character: string, at: number) => boolean): string {
  return text.replace(unsafe, (character, at: number) =>
    keep?.(character, at) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Like `cleanText`, on one line and with runs of white space as one space. */
export function toOneLine(raw: string): string {
  return cleanText(raw).replace(/\s+/g, ' ').trim();
}
