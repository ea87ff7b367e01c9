import { describe, expect, test } from 'vitest';
import { evaluateCel } from '../../../lib/core/diagnosis/expressions/cel.ts';
import { mustEnd } from '../../support/processes/must-end.ts';

const evil = '(a+)+$';
const name = `${'a'.repeat(4_000)}!`;

/** A runbook may have been made by hand, and lint never seen it. So these hold when an expression is evaluated. */
describe('an expression', () => {
  test.each([
    `labels.name.matches("${evil}")`,
    `result.rows.exists(row, row.name.matches("${evil}"))`,
    `result.rows.filter(row, row.name.matches("${evil}")).map(row, row.name) != []`,
    `cel.bind(it, labels.name, it.matches("${evil}"))`,
    `false || (has(labels.name) ? !!labels.name.matches("${evil}") : false)`,
    `[labels.name].all(each, {"a": each.matches("${evil}")}["a"])`,
    'labels.name.matches(labels.pattern)',
    'dyn(labels.name).matches(dyn(labels.pattern))',
  ])('%s ends', (expression) => {
    const variables = { labels: { name, pattern: evil }, result: { rows: [{ name }], count: 1 } };

    expect(mustEnd(() => evaluateCel(expression, variables))).toEqual({ kind: 'ok', value: false });
  });

  test('fails in one sentence for a pattern that RE2 does not have, and for a text that is too long', () => {
    const labels = { name: 'x'.repeat(5_000) };

    expect(evaluateCel('labels.name.matches("(?=x)")', { labels })).toMatchObject({
      reason: expect.stringMatching(/^"\(\?=x\)" has a lookahead, /),
    });
    expect(evaluateCel('labels.name.matches("x")', { labels })).toEqual({
      kind: 'failed',
      reason: 'matches() reads at most 4096 characters',
    });
  });

  const list = JSON.stringify(Array.from({ length: 100 }, (_, n) => n));
  const nested = ['a', 'b', 'c', 'd', 'e'].reduceRight(
    (inside, each) => `${list}.map(${each}, ${inside})`,
    '1',
  );
  const doubled = Array.from({ length: 12 }, (_, n) => n).reduceRight(
    (inside, n) => `cel.bind(x${n + 1}, x${n} + x${n}, ${inside})`,
    'size(x12)',
  );

  test.each([
    ['loops inside loops', nested, /^more than 3 of all, .* stand inside one another$/],
    [
      'lists that double',
      `cel.bind(x0, [1], ${doubled})`,
      /^more than 3 of all, .* stand inside one another$/,
    ],
    [
      'a long list',
      `${JSON.stringify(Array.from({ length: 500 }, () => 1))}.size()`,
      /^Exceeded maxListElements/,
    ],
    ['a long expression', Array.from({ length: 900 }, () => '1').join(' + '), /^Exceeded maxAstNodes/],
  ])('that would burn time or memory by %s is not evaluated', (_what, expression, reason) => {
    expect(mustEnd(() => evaluateCel(expression, {}))).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(reason),
    });
  });
});
