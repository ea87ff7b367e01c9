import { describe, expect, test } from 'vitest';
import { evaluate, type Scraped } from '../../../infra/local/prometheus/promql/evaluate.ts';
import { QueryMistake } from '../../../infra/local/prometheus/promql/expression.ts';
import { parsePromql } from '../../../infra/local/prometheus/promql/parse-promql.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';

const NOW = 100 * MINUTE;

function scraped(...series: [text: string, value: number | ((seconds: number) => number)][]): Scraped {
  return {
    from: 0,
    until: NOW,
    every: 15 * SECOND,
    series: series.map(([text, value]) => ({
      labels: Object.fromEntries(
        text
          .split(' ')
          .map((pair) => pair.split('='))
          .map(([a, b = '']) => [a, b]),
      ),
      value: (at) => (typeof value === 'number' ? value : value(at / SECOND)),
    })),
  };
}

const world = scraped(
  ['__name__=m a=1 b=x', 1],
  ['__name__=m a=2 b=x', 2],
  ['__name__=m a=3 b=y', 3],
  ['__name__=n a=2 b=x', 20],
  ['__name__=n a=3 b=y', 30],
  ['__name__=rising a=1', (seconds) => seconds / 2],
  ['__name__=ratio', Number.NaN],
);

/** `a=1 b=x: 1` for each sample, in the alphabet's order unless the order is asked for. */
function notified(query: string, from: Scraped = world, at = NOW): string[] | number {
  const value = evaluate(parsePromql(query), at, from);
  if (typeof value === 'number') return value;
  const lines = value.map(({ labels, value: number }) => {
    const pairs = Object.entries(labels).map(([name, label]) => `${name}=${label}`);
    return `${pairs.join(' ')}: ${number}`;
  });
  return query.startsWith('sort') || query.startsWith('topk') ? lines : lines.toSorted();
}

function mistake(query: string): string {
  try {
    evaluate(parsePromql(query), NOW, world);
  } catch (error) {
    if (error instanceof QueryMistake) return `${error.errorType}: ${error.message}`;
    throw error;
  }
  throw new Error('it was evaluated');
}

describe('a query', () => {
  test.each<[string, string[] | number]>([
    ['m{b!="x"}', ['__name__=m a=3 b=y: 3']],
    ['m{a=~"1|3", b!~"y"}', ['__name__=m a=1 b=x: 1']],
    ['m{a=~"."} > 2', ['__name__=m a=3 b=y: 3']],
    ['m{a=~"(3|3)*(3+)*x?"}', ['__name__=m a=3 b=y: 3']],
    ['m{missing=""} == 2', ['__name__=m a=2 b=x: 2']],
    ['2 < m', ['__name__=m a=3 b=y: 3']],
    ['m >= bool 3', ['a=1 b=x: 0', 'a=2 b=x: 0', 'a=3 b=y: 1']],
    ['-m{a="1"}', ['a=1 b=x: -1']],
    ['n / m', ['a=2 b=x: 10', 'a=3 b=y: 10']],
    ['m > n', []],
    ['m < n', ['__name__=m a=2 b=x: 2', '__name__=m a=3 b=y: 3']],
    ['m{b="y"} * on (b) n{b="y"}', ['b=y: 90']],
    ['m{a="1"} + ignoring (a) n{a="2"}', ['b=x: 21']],
    ['m unless n', ['__name__=m a=1 b=x: 1']],
    ['m and n', ['__name__=m a=2 b=x: 2', '__name__=m a=3 b=y: 3']],
    ['m{a="1"} or n', ['__name__=m a=1 b=x: 1', '__name__=n a=2 b=x: 20', '__name__=n a=3 b=y: 30']],
    ['sum(m)', [': 6']],
    ['sum by (b) (m)', ['b=x: 3', 'b=y: 3']],
    ['SUM without (a) (m)', ['b=x: 3', 'b=y: 3']],
    ['max(m) - min(m)', [': 2']],
    ['avg(m) * count(m)', [': 6']],
    ['max(ratio or m)', [': 3']],
    ['topk(2, m)', ['__name__=m a=3 b=y: 3', '__name__=m a=2 b=x: 2']],
    ['topk by (b) (1, m)', ['__name__=m a=2 b=x: 2', '__name__=m a=3 b=y: 3']],
    ['bottomk(1, m)', ['__name__=m a=1 b=x: 1']],
    ['sort_desc(n)', ['__name__=n a=3 b=y: 30', '__name__=n a=2 b=x: 20']],
    ['clamp_max(m{b="x"}, 1.5)', ['a=1 b=x: 1', 'a=2 b=x: 1.5']],
    ['rate(rising[5m])', ['a=1: 0.5']],
    ['increase(rising[10m])', ['a=1: 300']],
    ['irate(rising[1m])', ['a=1: 0.5']],
    ['rising - rising offset 10m', ['a=1: 300']],
    ['rising offset 10m - rising', ['a=1: -300']],
    ['m > m{a="2"} offset 1m * 2', []],
    ['n > m offset 1m * 2 and n offset 2m == 30', ['__name__=n a=3 b=y: 30']],
    ['1 - -rising offset 10m * 2', ['a=1: 5401']],
    ['round(m{a="2"} / 3, 0.5)', ['a=2 b=x: 0.5']],
    ['max_over_time(rising[2m]) - min_over_time(rising[2m])', ['a=1: 60']],
    ['avg_over_time(rising[2m])', ['a=1: 2970']],
    ['scalar(sum(m)) + 1', 7],
    ['scalar(m)', Number.NaN],
    ['vector(7)', [': 7']],
    ['time()', 6_000],
    ['absent(m)', []],
    ['absent(none{x="1", y=~"2"})', ['x=1: 1']],
    ['none', []],
    ['sum(none)', []],
    ['0x10 + 1e2 + .5 + 1_000', 1_116.5],
    ['1m30s', 90],
    ['-Inf', -Infinity],
    ['2 ^ 3 ^ 2', 512],
    ['7 % 4 - 1 > bool 1', 1],
  ])('%s', (query, answer) => {
    expect(notified(query)).toEqual(answer);
  });

  test('reads texts in each kind of quotes, with their escapes', () => {
    const quoted = scraped(['__name__=m a="\\\u00e9', 1]);

    const answers = [String.raw`m{a="\"\\é"}`, String.raw`m{a='"\\\u00e9'}`, 'm{a=`"\\é`}'].map((query) =>
      notified(query, quoted),
    );

    expect(answers).toEqual(Array.from({ length: 3 }, () => ['__name__=m a="\\é: 1']));
  });

  test('sees a counter that began anew as one that went on', () => {
    const restarted = scraped(['__name__=c', (seconds) => (seconds < 5_900 ? seconds : seconds - 5_900)]);

    expect(notified('increase(c[5m])', restarted)).toEqual([': 295']);
    expect(notified('resets(c[5m])', restarted)).toEqual([': 1']);
    expect(notified('changes(m{a="1"}[5m])', world)).toEqual(['a=1 b=x: 0']);
  });

  test('does not see back to before a counter was 0', () => {
    const young = scraped(['__name__=c', (seconds) => Math.max(0, seconds - 5_970)]);

    expect(notified('increase(c[1m])', young)).toEqual([': 30']);
  });

  test('finds no rate in a single sample, and no value that is older than five minutes', () => {
    expect(notified('rate(rising[10s])')).toEqual([]);
    expect(notified('m', world, NOW + 6 * MINUTE)).toEqual([]);
    expect(notified('m{a="1"}', world, NOW + 4 * MINUTE)).toEqual(['__name__=m a=1 b=x: 1']);
    expect(notified('m', world, -MINUTE)).toEqual([]);
  });

  test('sees where a line leads', () => {
    expect(notified('predict_linear(rising[10m], 600)')).toEqual(['a=1: 3300']);
    expect(notified('deriv(rising[10m])')).toEqual(['a=1: 0.5']);
  });

  test('estimates quantiles within buckets', () => {
    const histogram = scraped(
      ['__name__=h le=1', 60],
      ['__name__=h le=2', 90],
      ['__name__=h le=+Inf', 100],
      ['__name__=h s=none le=1', 0],
      ['__name__=h s=none le=+Inf', 0],
    );

    expect(notified('histogram_quantile(0.75, h{s=""})', histogram)).toEqual([': 1.5']);
    expect(notified('histogram_quantile(0.3, h{s=""})', histogram)).toEqual([': 0.5']);
    expect(notified('histogram_quantile(0.95, h{s=""})', histogram)).toEqual([': 2']);
    expect(notified('histogram_quantile(0.5, h{s="none"})', histogram)).toEqual(['s=none: NaN']);
    expect(notified('histogram_quantile(2, h{s=""})', histogram)).toEqual([': Infinity']);
    expect(notified('histogram_quantile(-1, h{s=""})', histogram)).toEqual([': -Infinity']);
  });
});

describe('a query that cannot be evaluated', () => {
  test.each([
    ['', 'bad_data: 1:1: parse error: unexpected end of input'],
    ['sum(m', 'bad_data: 1:6: parse error: unexpected end of input'],
    ['m{a="1"} n', 'bad_data: 1:10: parse error: unexpected "n"'],
    ['m{a=~"("}', 'bad_data: parse error: "(" is not a regular expression: missing closing ): ('],
    [
      'm{a=~"(?!1)."}',
      'bad_data: parse error: "(?!1)." has a lookahead, (?!, which RE2, the syntax of Prometheus and Alertmanager, does not have',
    ],
    ['{a=""}', 'bad_data: parse error: a selector needs a matcher that the empty text does not match'],
    ['rate(m)', 'bad_data: parse error: expected type range vector'],
    ['abs(1)', 'bad_data: parse error: expected type instant vector, got scalar'],
    ['abs()', 'bad_data: parse error: expected at least 1 argument(s) in call to "abs", got 0'],
    ['clamp_max(m, m)', 'bad_data: parse error: expected type scalar, got instant vector'],
    ['1 > 2', 'bad_data: parse error: comparisons between scalars must use BOOL modifier'],
    ['1 and m', 'bad_data: parse error: set operator "and" not allowed in binary scalar expression'],
    ['(m + m) offset 5m', 'bad_data: parse error: a range or an offset must follow a selector'],
    ['(m + m)[5m]', 'bad_data: parse error: a range or an offset must follow a selector'],
    ['m{a="\\q"}', 'bad_data: unknown escape sequence in a string'],
  ])('is told what is wrong with it: %s', (query, output) => {
    expect(mistake(query)).toBe(output);
  });

  test.each([
    ['m / on (b) n', 'left'],
    ['n / on (b) m', 'right'],
  ])('would match one with many: %s', (query, side) => {
    expect(mistake(query)).toContain(`execution: found duplicate series for the match group on the ${side}`);
  });

  test('would give two samples the same labels', () => {
    expect(mistake('abs({a="2"})')).toBe('execution: vector cannot contain metrics with the same labelset');
  });

  test.each([
    ['max_over_time(rate(m[5m])[1h:1m])', 'subqueries'],
    ['m @ 12', 'the modifier @'],
    ['quantile(0.5, m)', 'quantile'],
    ['label_replace(m, "a", "b", "c", "d")', 'texts as arguments'],
    ['m * on (b) group_left n', 'group_left and group_right'],
    ['ln(m)', 'the function ln'],
    ['m[5m]', 'the samples of a range as an answer'],
    ['m atan2 n', 'the operator atan2'],
  ])('is known to the real Prometheus only: %s', (query, what) => {
    expect(mistake(query)).toBe(
      `execution: this stand-in for Prometheus does not know ${what}; npm start uses the real one when prometheus and promtool are on PATH`,
    );
  });
});
