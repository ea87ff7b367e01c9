import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMetricComment, parseMetricLine } from '../../../lib/adapters/http/metric-line.ts';
import { mustEnd } from '../../support/processes/must-end.ts';

describe('a line of a metrics page', () => {
  test.each([
    ['a name and a value', 'up 1', { name: 'up', labels: {}, value: 1 }],
    ['a timestamp', 'up 1 1395066363000', { name: 'up', labels: {}, value: 1 }],
    ['no labels in its braces', 'up{} 1', { name: 'up', labels: {}, value: 1 }],
    ['no space before its value', 'up{a="b"}1', { name: 'up', labels: { a: 'b' }, value: 1 }],
    [
      'a comma after its last label',
      'x{code="500",method="post",} 3 1395066363000',
      { name: 'x', labels: { code: '500', method: 'post' }, value: 3 },
    ],
    [
      'escapes, braces and what looks like a comment in a label',
      String.raw`x{path="C:\\DIR\\",error="no \"file\"\n# } 7"} 1.458255915e9`,
      { name: 'x', labels: { path: 'C:\\DIR\\', error: 'no "file"\n# } 7' }, value: 1_458_255_915 },
    ],
    [
      'an exemplar, as OpenMetrics has them',
      'foo_bucket{le="0.1"} 8 # {trace_id="KOO5S4vxi0o"} 0.67',
      { name: 'foo_bucket', labels: { le: '0.1' }, value: 8 },
    ],
    [
      'a timestamp and an exemplar with one',
      'foo_bucket{le="10"} 17 1520879607.789 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789',
      { name: 'foo_bucket', labels: { le: '10' }, value: 17 },
    ],
    [
      'spaces and tabs where they may be',
      'x { a = "b" ,\tc="d" } \t +Inf ',
      { name: 'x', labels: { a: 'b', c: 'd' }, value: Infinity },
    ],
    ['minus infinity', 'x -Inf', { name: 'x', labels: {}, value: -Infinity }],
    ['a colon in its name', 'job:x:rate5m .5', { name: 'job:x:rate5m', labels: {}, value: 0.5 }],
  ])('is read with %s', (_what, line, sample) => {
    expect(parseMetricLine(line)).toEqual(sample);
  });

  test('is read when its value is not a number', () => {
    expect(parseMetricLine('x NaN')?.value).toBeNaN();
  });

  test.each([
    '',
    '# HELP up Whether it is up.',
    '# EOF',
    'up',
    'up one',
    'up 0x10',
    'up{a="b" 1',
    'up{a=b} 1',
    'up{a="b}',
    'up{a="b"} 1 2 3',
    'up 1 later',
    '1up 1',
    '<html>Welcome to nginx!</html>',
    'Welcome to nginx!',
  ])('is no sample: %s', (line) => {
    expect(parseMetricLine(line)).toBeUndefined();
  });

  test.each(['# HELP x Says more.', '# TYPE x counter', '# UNIT x seconds', '# EOF'])(
    'comments: %s',
    (line) => {
      expect(isMetricComment(line)).toBe(true);
    },
  );

  test.each(['', 'x 1', '#!/bin/sh', '# just words'])('does not comment: %s', (line) => {
    expect(isMetricComment(line)).toBe(false);
  });

  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
  const labels = fc.dictionary(
    fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/),
    fc.string({ unit: 'binary' }),
    { maxKeys: 5, noNullPrototype: true },
  );

  test('gives back whatever was written into it', () => {
    fc.assert(
      fc.property(name, labels, fc.double(), fc.boolean(), (name, labels, value, stamped) => {
        const text = Object.is(value, -0) ? '-0' : String(value).replace('inity', '');
        const pairs = Object.entries(labels).map(([key, label]) => `${key}="${escaped(label)}"`);
        const line = `${name}{${pairs.join(',')}} ${text}${stamped ? ' 1395066363000' : ''}`;

        const sample = parseMetricLine(line);

        expect(sample).toEqual({ name, labels, value });
      }),
    );
  });

  test('is read or left, whatever is on it, in a time that grows with its length only', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('x', '{', '}', '"', ',', '=', '\\', '# ', '1', '-', '\t'),
          minLength: 1,
          maxLength: 60,
        }),
        (text) => {
          // Tried again from each position, half a million characters take minutes.
          const long = `x{a="${text.repeat(Math.ceil(500_000 / text.length))}`;

          mustEnd(() => [parseMetricLine(text), parseMetricLine(long)]);
        },
      ),
      // What hangs would hang again for every smaller example.
      { endOnFailure: true },
    );
  });
});

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
