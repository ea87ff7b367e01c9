import { describe, expect, test } from 'vitest';
import { outputLabels } from '../../../scripts/runbook/lint/output-labels.ts';

describe('the labels that a PromQL expression can return:', () => {
  test.each([
    ['sum(x) > 5', []],
    ['sum by (a, "b.c") (x) > bool 5', ['a', 'b.c']],
    ['count(up == 0) by (job) > 2', ['job']],
    ['sum without (a) (sum by (a, b) (x))', ['b']],
    ['topk by (z) (3, sum by (a) (x))', ['a']],
    ['count_values("v", sum by (a) (x))', ['v']],
    ['histogram_quantile(0.9, sum by (le, op) (rate(x[5m]))) > 1', ['op']],
    ['absent(up{job="api", x!="y"})', ['job']],
    ['absent_over_time(x{a="b"}[5m])', ['a']],
    ['sum by (a) (rate(x[5m])) / sum by (a) (rate(y[5m])) > 0.05', ['a']],
    ['x / on (a, b) y', ['a', 'b']],
    ['sum by (a) (x) * on (a) group_left (c) y', ['a', 'c']],
    ['x * on (a) group_right (q) sum by (a, b) (y)', ['a', 'b', 'q']],
    ['x / ignoring (c) sum by (a, c) (y)', ['a']],
    ['label_replace(sum by (a) (x), "d", "$1", "a", "(.*)")', ['a', 'd']],
    ['sum by (a) (x) or sum by (b) (y)', ['a', 'b']],
    ['sum by (a) (x) and y', ['a']],
    ['sum by (a) (x) unless on (b) y', ['a']],
    ['time() - max by (agent) (t) > 300', ['agent']],
    ['-(1 + 2) * sum by (a) (x) offset 5m', ['a']],
    ['max_over_time(sum by (a) (x)[1h:1m])', ['a']],
    ['vector(1)', []],
  ])('%s', (expression, labels) => {
    expect([...(outputLabels(expression) ?? ['unknown'])].toSorted()).toEqual(labels);
  });

  test.each([
    'up == 0',
    'rate(x[5m])',
    'x or sum by (a) (y)',
    'sum without (a) (x)',
    'topk(3, x)',
    'x * on (a) group_left (c) y',
    'histogram_quantile(0.9, x)',
    'sum by (a',
  ])('unknown for %s', (expression) => {
    expect(outputLabels(expression)).toBeUndefined();
  });
});
