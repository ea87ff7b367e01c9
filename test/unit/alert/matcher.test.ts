import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesAll, parseMatchers } from '../../../lib/core/alert/matcher.ts';

function matches(text: string, labels: Record<string, string>): boolean {
  const read = parseMatchers(text);
  if (!Array.isArray(read)) throw new Error(read.mistake);
  return matchesAll(read, labels);
}

describe('matchers', () => {
  test.each([
    ['service="exchange"', { service: 'exchange' }, true],
    ['{service="exchange"}', { service: 'llm' }, false],
    ['service=exchange', { service: 'exchange' }, true],
    ['service!="exchange"', { service: 'llm' }, true],
    ['service!="exchange"', {}, true],
    ['service=""', {}, true],
    ['service=~"exchange|llm"', { service: 'llm' }, true],
    ['service=~"exchange|llm"', { service: 'llm-gateway' }, false],
    ['service!~"ex.*"', { service: 'exchange' }, false],
    ['{ a="1" , b=~"2.*" }', { a: '1', b: '23' }, true],
    ['a="1",b="2"', { a: '1', b: '3' }, false],
    ['a="say \\"hi\\", ok"', { a: 'say "hi", ok' }, true],
    ['a="two\\nlines"', { a: 'two\nlines' }, true],
    ['a=~"x.y"', { a: 'x\ny' }, true],
    ['toString=""', {}, true],
  ])('%s on %j is %s, as in Alertmanager', (text, labels, outcome) => {
    expect(matches(text, labels)).toBe(outcome);
  });

  test.each([
    ['', 'it holds no matcher'],
    ['{}', 'it holds no matcher'],
    ['service', 'expected label="value" at "service"'],
    ['a="1" b="2"', 'expected a comma at "b=\\"2\\""'],
    ['a=~"("', '"(" is not a regular expression'],
    ['a="open', 'expected label="value" at "a=\\"open"'],
  ])('refuse %j with one sentence', (text, mistake) => {
    expect(parseMatchers(text)).toEqual({ mistake });
  });

  test('match exactly the quoted value, whatever it contains', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, other) => {
        const text = `a="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

        expect(matches(text, { a: value })).toBe(true);
        expect(matches(text, { a: other })).toBe(value === other);
      }),
    );
  });
});
