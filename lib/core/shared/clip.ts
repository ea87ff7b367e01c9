/**
 * Shortens text from outside; nothing else does. A cut falls between characters as people read them: never
 * inside a surrogate pair, nor inside an emoji with its joiners and modifiers.
 */

/**
 * True for printable ASCII and `…`: each UTF-16 unit is one character of a fixed-width font. Most text is
 * like that. Segmenting any other text takes about a hundred times as long.
 */
export function isPlainPrint(text: string): boolean {
  return /^[ -~…]*$/.test(text);
}

/** At most `max` UTF-16 units of well-formed text, ending in `…` when something was cut. */
export function clip(text: string, max: number): string {
  // Tests one unit more than is kept, because that unit may belong to the character before it.
  if (max > 0 && text.length > max && isPlainPrint(text.slice(0, max))) {
    return `${text.slice(0, max - 1).trimEnd()}${ELLIPSIS}`;
  }
  return clipMeasured(text, max, (part) => part.length);
}

/** Like `clip`, but keeps both ends: `rate(http_requests_total{… > 0.5`. */
export function clipMiddle(text: string, max: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  const head = clip(whole, Math.ceil(max * HEAD_SHARE));
  return `${head}${takeTail(whole, max - head.length).trimStart()}`;
}

/** At most the last `max` units. */
function takeTail(text: string, max: number): string {
  // Starts earlier, because the first character that is seen may be the rest of a longer one.
  const end = text.slice(-(max + LONGEST_CHARACTER)).toWellFormed();
  let kept = '';
  for (const { segment } of [...graphemes.segment(end)].toReversed()) {
    if (kept.length + segment.length > max) break;
    kept = segment + kept;
  }
  return kept;
}

/**
 * Like `clip`, for text that grows when it is escaped. `measure` returns the length of a piece after
 * escaping, so that no cut falls inside an escape.
 */
export function clipMeasured(text: string, max: number, measure: (part: string) => number): string {
  // Escaping never shortens text, so only this much of a long text is measured.
  const measuredLength = 4 * max + 64;
  const head = text.slice(0, measuredLength).toWellFormed();
  if (text.length <= measuredLength && measure(head) <= max) return head;
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

/**
 * The first `max` units, without half a character at the end. For text that is cut again or only inspected.
 */
export function takeHead(text: string, max: number): string {
  const head = text.slice(0, max);
  return head.length < text.length && /[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head;
}

/** Whether `clip` shortened this text, so that it no longer equals the original. */
export function isClipped(text: string): boolean {
  return text.endsWith(ELLIPSIS);
}

const ELLIPSIS = '…';
/** How much of a text with both ends is its start. */
const HEAD_SHARE = 0.6;
/** Longer than the family emoji with skin tones, in UTF-16 units. */
const LONGEST_CHARACTER = 64;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
