import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, isClipped, takeHead } from '../../../lib/core/shared/clip.ts';
import { parseWellFormed } from '../../../lib/core/shared/parse-well-formed.ts';

/** Any UTF-16, including halves of characters. */
const anyText = fc
  .array(
    fc.oneof(fc.constantFrom('💣', '👩🏽‍🚒', 'é', '\ud83d', '\udca3', 'a'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => parts.join(''));

describe('a text that is clipped', () => {
  it('never exceeds its limit, and is always well-formed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 40 }), (text, max) => {
        const clipped = clip(text, max);

        expect(clipped.length).toBeLessThanOrEqual(max);
        expect(clipped.isWellFormed()).toBe(true);
      }),
    );
  });

  it('keeps a fire fighter emoji whole or drops it, and says that something was cut', () => {
    const shortened = clip('on call: 👩🏽‍🚒 Ana', 12);

    expect(shortened).toBe('on call:…');
    expect(isClipped(shortened)).toBe(true);
    expect(clip('on call: 👩🏽‍🚒', 40)).toBe('on call: 👩🏽‍🚒');
  });
});

describe('the head of a text', () => {
  it('is one unit shorter if it would end in half a character', () => {
    expect(takeHead('ab💣', 3)).toBe('ab');
    expect(takeHead('ab💣', 4)).toBe('ab💣');
    expect(takeHead('ab💣c', 4)).toBe('ab💣');
  });
});

describe('JSON that spells half a character', () => {
  it('is read with a replacement character, in names and in values', () => {
    const read = parseWellFormed('{"a\\ud83d": ["\\udca3", {"b": "\\ud83d\\udca3", "c": "\ud83d"}]}');

    expect(read).toEqual({ 'a\ufffd': ['\ufffd', { b: '💣', c: '\ufffd' }] });
  });

  it('throws as JSON does when it is invalid for another reason', () => {
    expect(() => parseWellFormed('{"\\ud83d"')).toThrow(SyntaxError);
  });
});
