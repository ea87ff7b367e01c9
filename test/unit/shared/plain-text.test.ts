import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureWidth } from '../../../lib/core/notice/document/align-table.ts';
import { clip, clipMeasured, toOneLine } from '../../../lib/core/shared/plain-text.ts';

/**
 * Mostly letters, so that many texts have only letters up to the cut; and characters that join the one before
 * them.
 */
const text = fc
  .array(
    fc.constantFrom('a', 'b', ' ', 'long enough to be cut', '…', 'ü', '\u0301', '👍', '👍🏽', '\u200d', '界'),
  )
  .map((parts) => parts.join(''));

describe('text of letters only, measured by its length,', () => {
  it('is cut where any other text would be', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: -1, max: 30 }), (given, max) => {
        expect(clip(given, max)).toBe(clipMeasured(given, max, (part) => part.length));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is as wide as next to another character', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(measureWidth(`${given}\n界`)).toBe(measureWidth(given) + 3);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('text on one line', () => {
  it.each(['\n', '\r\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029'])(
    'keeps two lines apart that end with %j',
    (end) => {
      expect(toOneLine(`one${end}two`)).toBe('one two');
    },
  );
});
