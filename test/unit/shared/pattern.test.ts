import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, LONGEST_TEXT, type Pattern } from '../../../lib/core/shared/pattern.ts';
import { mustEnd } from '../../support/processes/must-end.ts';

function compiled(...given: Parameters<typeof compilePattern>): Pattern {
  const pattern = compilePattern(...given);
  if ('mistake' in pattern) throw new Error(pattern.mistake);
  return pattern;
}

describe('a pattern', () => {
  test.each(['(a+)+$', '(a|a)*c', '(a*)*b', '(.*a){20}$', '(a|aa)+$'])(
    '%s takes linear time on a text that makes others try again from each position',
    (text) => {
      const pattern = compiled(text, { whole: true });

      expect(mustEnd(() => pattern.test(`${'a'.repeat(LONGEST_TEXT - 1)}!`))).toBe(false);
    },
  );

  test('is found anywhere, or matches the whole text if asked to, as JavaScript would have it', () => {
    const part = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|ab)', '(?:b|)', '^', '$', String.raw`\b`);
    const repeat = fc.constantFrom('', '', '*', '+', '?', '*?', '{2}', '{0,2}');
    const pieces = fc.array(fc.tuple(part, repeat), { minLength: 1, maxLength: 4 });
    const source = fc
      .tuple(pieces, pieces)
      .map((both) =>
        both
          .map((side) => side.map(([what, often]) => (/[\^$b]$/.test(what) ? what : what + often)).join(''))
          .join('|'),
      );
    const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '😀'), maxLength: 6 });

    fc.assert(
      fc.property(source, subject, (text, value) => {
        expect(compiled(text).test(value)).toBe(new RegExp(text, 'u').test(value));
        expect(compiled(text, { whole: true }).test(value)).toBe(
          new RegExp(`^(?:${text})$`, 'u').test(value),
        );
      }),
      // Comparing only a beginning instead of the whole text fails within 20 runs.
      { numRuns: 500 },
    );
  });

  test.each([
    ['a.b', {}, 'a\nb', false],
    ['a.b', { dotAll: true }, 'a\nb', true],
    ['ERROR', { ignoreCase: true }, 'an error', true],
    ['(?i)error', {}, 'an ERROR', true],
    [String.raw`\pL+`, { whole: true }, 'Größe', true],
    ['.', { whole: true }, '😀', true],
    ['(?P<code>5..)', {}, 'code 502', true],
    ['(?<code>5..)', {}, 'code 502', true],
    ['a$', {}, 'a\n', false],
    ['', { whole: true }, '', true],
  ])('%s with %j on %j is %s', (text, options, subject, outcome) => {
    expect(compiled(text, options).test(subject)).toBe(outcome);
  });

  test.each([
    ['(', 'is not a regular expression: missing closing ): ('],
    ['[a', 'is not a regular expression: missing closing ]: [a'],
    ['*', 'is not a regular expression: missing argument to repetition operator: *'],
    ['a{2,1}', 'is not a regular expression: invalid repeat count: {2,1}'],
    ['a(?=b)', 'has a lookahead, (?=, which RE2, the syntax of Prometheus and Alertmanager, does not have'],
    ['a(?!b)', 'has a lookahead, (?!, which RE2, the syntax of Prometheus and Alertmanager, does not have'],
    [
      '(?<=a)b',
      'has a lookbehind, (?<=a)b, which RE2, the syntax of Prometheus and Alertmanager, does not have',
    ],
    [
      String.raw`(a)\1`,
      String.raw`has a reference to a group, \1, which RE2, the syntax of Prometheus and Alertmanager, does not have`,
    ],
    [
      String.raw`(?<n>a)\k<n>`,
      String.raw`has a reference to a group, \k, which RE2, the syntax of Prometheus and Alertmanager, does not have`,
    ],
    [
      String.raw`\u0041`,
      String.raw`has an escape of JavaScript, \u, which RE2, the syntax of Prometheus and Alertmanager, does not have`,
    ],
    ['(.*a){500}', 'is too large: it takes up to 2,502 steps for each character, and 1,000 are allowed'],
    ['a'.repeat(2_001), 'has more than 2,000 characters'],
  ])('%s is refused with its reason', (text, mistake) => {
    expect(compilePattern(text)).toEqual({ mistake });
  });

  test('says that it was not compared with a text that is too long', () => {
    expect(compiled('a').test('a'.repeat(LONGEST_TEXT))).toBe(true);
    expect(compiled('a').test('a'.repeat(LONGEST_TEXT + 1))).toBeUndefined();
  });
});
