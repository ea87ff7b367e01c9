/**
 * Text from outside (labels, annotations, query results) made fit to be shown: it cannot move the cursor,
 * reverse the reading direction of what follows it, or break a header or a JSON string.
 */

/** Control characters but tab and line feed. */
const controls = /[^\P{Cc}\t\n]/gu;
/** Direction overrides, embeddings and isolates; line and paragraph separators; the byte order mark. */
const layout = /[\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Well-formed Unicode without control characters; line breaks stay. */
export function cleanText(raw: string): string {
  return raw.toWellFormed().replace(/\r\n?/g, '\n').replace(controls, '').replace(layout, '');
}

/** The same on one line, with runs of white space as one space. */
export function oneLine(raw: string): string {
  return cleanText(raw).replace(/\s+/g, ' ').trim();
}

/**
 * Whether each UTF-16 unit is a character of its own that a fixed-width font draws once: printable ASCII and `…`. Most
 * text is that, and finding the characters of any other takes about a hundred times as long.
 */
export function isPlainPrint(text: string): boolean {
  return /^[ -~…]*$/.test(text);
}

/**
 * At most `max` UTF-16 units, ending in `…` when something was cut. Never cuts a surrogate pair in half,
 * nor an emoji from the joiners and modifiers that belong to it.
 */
export function clip(text: string, max: number): string {
  // Up to `max`, which is one more than is kept: what stands there may belong to the character in front of it.
  if (max > 0 && text.length > max && isPlainPrint(text.slice(0, max))) {
    return `${text.slice(0, max - 1).trimEnd()}…`;
  }
  return clipMeasured(text, max, (part) => part.length);
}

/**
 * Like `clip`, for text that grows when it is escaped: `measure` says how long a piece is afterwards,
 * so that the cut falls on the raw text and never inside an escape.
 */
export function clipMeasured(text: string, max: number, measure: (part: string) => number): string {
  // An escape never shortens, so a text that much longer than the limit need not be looked at as a whole.
  const head = text.length > 4 * max + 64 ? text.slice(0, 4 * max + 64).toWellFormed() : text;
  if (head === text && measure(text) <= max) return text;
  let used = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(head)) {
    const size = measure(segment);
    if (used + size > max - 1) break;
    used += size;
    kept += segment;
  }
  return max < 1 ? '' : `${kept.trimEnd()}…`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
