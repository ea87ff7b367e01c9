/**
 * Text from outside (labels, annotations, query results) made fit to be shown: it cannot move the cursor,
 * reverse the reading direction of what follows it, or break a header or a JSON string.
 */

export { clip, clipMeasured, isPlainPrint } from './clip.ts';

/** Control characters but tab and line feed. */
const controls = /[^\P{Cc}\t\n]/gu;
/** Direction overrides, embeddings and isolates; line and paragraph separators; the byte order mark. */
const layout = /[\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Well-formed Unicode without control characters; line breaks stay. */
export function cleanText(raw: string): string {
  return raw.toWellFormed().replace(/\r\n?/g, '\n').replace(controls, '').replace(layout, '');
}

/** The same on one line, with runs of white space as one space. */
export function toOneLine(raw: string): string {
  return cleanText(raw).replace(/\s+/g, ' ').trim();
}
