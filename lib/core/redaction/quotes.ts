/**
 * Quotes at any depth of escaping: JSON within JSON within a log line, HTML and URL escapes. A quote is told apart by its
 * spelling and by how many backslashes precede it.
 */

/** More levels than anything real has: 0, 1, 3 and 7 backslashes are four. */
const MAX_BACKSLASHES = 15;

export type Quote = { mark: string; backslashes: number };

const OPENING = /[bBuUrRnN@]?(\\{0,15})(["'`]|&quot;|&#34;|&#x22;|&#39;|&apos;|%22|%27|u0022)/y;

/** The quote that begins at `at`, and where its content begins. */
export function readOpening(text: string, at: number): { quote: Quote; from: number } | undefined {
  OPENING.lastIndex = at;
  const [all, slashes = '', mark = ''] = OPENING.exec(text) ?? [];
  if (all === undefined) return undefined;
  if (mark === 'u0022' && slashes === '') return undefined;
  return { quote: { mark, backslashes: slashes.length }, from: at + all.length };
}

/**
 * Where a quote ends that is open at `from`: the place of its backslashes and mark. `undefined`: it does not end. The work is the
 * distance.
 */
export function findClosing(text: string, from: number, { mark, backslashes }: Quote): number | undefined {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    const before = countBackslashes(text, from, at);
    if (isClosing(before, backslashes)) return at - Math.min(before, backslashes);
  }
  return undefined;
}

/**
 * Fewer backslashes end a level outside of this one. The same number ends this one; more of them are escaped characters, of which
 * each level doubles the backslashes.
 */
export function isClosing(before: number, backslashes: number): boolean {
  if (before <= backslashes) return true;
  return (before - backslashes) % (2 * (backslashes + 1)) === 0;
}

/** Backslashes just before `at`, back to `from`. */
export function countBackslashes(text: string, from: number, at: number): number {
  let count = 0;
  while (count <= 4 * MAX_BACKSLASHES && at - count > from && text[at - count - 1] === '\\') count += 1;
  return count;
}
