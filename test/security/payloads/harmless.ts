/** Stands where a payload stands otherwise: what a sink makes of it is the shape that no payload may change. */
export const HARMLESS = 'harmless';

/**
 * What of a text must be readable where it is shown, or undefined where it is cut or has nothing to show. Half
 * characters, controls and what reorders a line are removed, and white space is one space.
 */
export function shownWords(text: string, longest = 60): string | undefined {
  const words = Array.from(text)
    .filter((character) => !/[\p{Bidi_Control}\ufeff]/u.test(character))
    .map((character) => (/[\s\u0085]/.test(character) ? ' ' : character))
    .filter((character) => !/[\p{Cc}\p{Cs}]/u.test(character))
    .join('')
    .replace(/ +/g, ' ')
    .trim();
  return words === '' || words.length > longest || /\p{Cs}/u.test(text) ? undefined : words;
}
