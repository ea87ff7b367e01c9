import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureWidth } from '../../../lib/core/notice/document/align-table.ts';
import { clip, clipMeasured } from '../../../lib/core/shared/plain-text.ts';

/** Mostly letters, so that many texts are only letters up to the cut; and all that joins what is before it. */
const text = fc
  .array(
    fc.constantFrom('a', 'b', ' ', 'long enough to be cut', '…', 'ü', '\u0301', '👍', '👍🏽', '\u200d', '界'),
  )
  .map((parts) => parts.join(''));

describe('text that is only letters is measured by its length, and', () => {
  it('is cut where any other text would be', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: -1, max: 30 }), (given, max) => {
        expect(clip(given, max)).toBe(clipMeasured(given, max, (part) => part.length));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is as wide as beside a character that is not', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(measureWidth(`${given}\n界`)).toBe(measureWidth(given) + 3);
      }),
      { numRuns: 3_000 },
    );
  });
});
