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
    ['a=~"x.y"', { a: 'x\ny' }, false],
    [String.raw`a=~"api-\d+\.b"`, { a: 'api-12.b' }, true],
    [String.raw`a=~"api-\d+\.b"`, { a: 'api-12xb' }, false],
    [String.raw`a="c:\\new"`, { a: String.raw`c:\new` }, true],
    ['a=~"[[:alpha:]]+"', { a: 'Abc' }, true],
    ['a=~"(?i)warn(ing)?"', { a: 'WARNING' }, true],
    ['k8s.pod.name="x"', { 'k8s.pod.name': 'x' }, true],
    ['"a b"="x"', { 'a b': 'x' }, true],
    ['toString=""', {}, true],
  ])('%s on %j is %s, as in Alertmanager', (text, labels, outcome) => {
    expect(matches(text, labels)).toBe(outcome);
  });

  test.each([
    ['', 'it holds no matcher'],
    ['{}', 'it holds no matcher'],
    ['service', 'expected label="value" at "service"'],
    ['a="1" b="2"', 'expected a comma at "b=\\"2\\""'],
    ['a=~"("', 'a=~"(" is not a regular expression: missing closing ): ('],
    [
      'a="1", b!~"(?=x)y"',
      'b!~"(?=x)y" has a lookahead, (?=, which RE2, the syntax of Prometheus and Alertmanager, does not have',
    ],
    [
      'a=~"(.*a){150}", b=~"(.*a){50}"',
      'with the patterns before it, b=~"(.*a){50}" is too large: it takes up to 1,004 steps for each character, and 1,000 are allowed',
    ],
    ['a="open', 'expected label="value" at "a=\\"open"'],
  ])('refuse %j with one sentence', (text, mistake) => {
    expect(parseMatchers(text)).toEqual({ mistake });
  });

  test.each(['=~', '!~'])('never satisfy %s by a value that is too long to be compared', (operator) => {
    expect(matches(`a${operator}"x.*"`, { a: 'x'.repeat(5_000) })).toBe(false);
    expect(matches(`a${operator}"y.*"`, { a: 'x'.repeat(5_000) })).toBe(false);
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

test('a mistake quotes no more than a little of a name, however long it is', () => {
  const read = parseMatchers(`"${'long '.repeat(1_000)}"=~"("`);

  expect(Array.isArray(read) ? '' : read.mistake).toMatch(/^long .{0,150}$/);
});
