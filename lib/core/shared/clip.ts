/**
 * Shortens text from outside. The only place that does: a cut falls between characters as people read them, never
 * inside a surrogate pair, nor between an emoji and the joiners and modifiers that belong to it.
 */

/**
 * Whether each UTF-16 unit is a character of its own that a fixed-width font draws once: printable ASCII and `…`. Most
 * text is that, and finding the characters of any other takes about a hundred times as long.
 */
export function isPlainPrint(text: string): boolean {
  return /^[ -~…]*$/.test(text);
}

/** At most `max` UTF-16 units of well-formed text, ending in `…` when something was cut. */
export function clip(text: string, max: number): string {
  // Up to `max`, which is one more than is kept: what stands there may belong to the character in front of it.
  if (max > 0 && text.length > max && isPlainPrint(text.slice(0, max))) {
    return `${text.slice(0, max - 1).trimEnd()}${ELLIPSIS}`;
  }
  return clipMeasured(text, max, (part) => part.length);
}

/**
 * Like `clip`, for text that grows when it is escaped: `measure` says how long a piece is afterwards,
 * so that the cut falls on the raw text and never inside an escape.
 */
export function clipMeasured(text: string, max: number, measure: (part: string) => number): string {
  // An escape never shortens, so a text that much longer than the limit need not be looked at as a whole.
  const diagnosedAt = 4 * max + 64;
  const head = text.slice(0, diagnosedAt).toWellFormed();
  if (text.length <= diagnosedAt && measure(head) <= max) return head;
  let used = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(head)) {
    const size = measure(segment);
    if (used + size > max - 1) break;
    used += size;
    kept += segment;
  }
  return max < 1 ? '' : `${kept.trimEnd()}${ELLIPSIS}`;
}

/** The first `max` units, or one less where that would be half a character. For text that is cut again or only looked at. */
export function takeHead(text: string, max: number): string {
  const head = text.slice(0, max);
  return head.length < text.length && /[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head;
}

/** Whether `clip` shortened this text: then it is no longer what a server would compare with. */
export function isClipped(text: string): boolean {
  return text.endsWith(ELLIPSIS);
}

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
