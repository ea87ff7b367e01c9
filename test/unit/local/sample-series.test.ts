import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricsPage, openMetrics } from '../../../infra/local/prometheus/exposition.ts';
import { labelKey } from '../../../infra/local/prometheus/promql/labels.ts';
import { type SampleSeries, sampleSeries } from '../../../infra/local/prometheus/sample-series.ts';
import { counter, gauge, since } from '../../../infra/local/prometheus/value-over-time.ts';
import { parseMetricLine } from '../../../lib/adapters/http/metric-line.ts';
import { HOUR, MINUTE, SECOND } from '../../../lib/core/shared/time.ts';

const START = Date.UTC(2026, 10, 24, 3, 12);
const series = sampleSeries(START);

function nameOf({ labels }: SampleSeries): string {
  return labels['__name__'] ?? '';
}

describe('a value over time', () => {
  test('changes at once, and then stays', () => {
    const over = since(14, 6, 0);

    expect([-15, -14, -13.99, 0, 60].map((minutes) => over(minutes * 60))).toEqual([6, 0, 0, 0, 0]);
  });

  test('goes in straight lines from point to point, and is level beyond them', () => {
    const over = gauge([60, 10], [30, 40], [0, 40.6]);

    expect([-90, -60, -45, -30, -15, 0, 60].map((minutes) => over(minutes * 60))).toEqual([
      10,
      10,
      25,
      40,
      expect.closeTo(40.3),
      40.6,
      40.6,
    ]);
  });

  test('counts at one rate after the other, from nothing', () => {
    const over = counter([60, 2], [10, 5]);

    expect([-70, -60, -59, -10, 0, 10].map((minutes) => over(minutes * 60))).toEqual([
      0, 0, 120, 6_000, 9_000, 12_000,
    ]);
  });
});

describe('the sample series', () => {
  test('have labels of their own each, with a name', () => {
    const identities = series.map(({ labels }) => labelKey(labels));

    expect(new Set(identities).size).toBe(series.length);
    expect(series.every((each) => /^[a-z_]+$/.test(nameOf(each)))).toBe(true);
  });

  test('have a number at any time, and counters never fall', () => {
    const times = fc.integer({ min: START - 3 * HOUR, max: START + 24 * HOUR });
    const cumulative = series.filter((each) => /_(total|bucket|sum|count)$/.test(nameOf(each)));
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: HOUR }), (at, later) => {
        for (const { value } of series) expect(Number.isFinite(value(at))).toBe(true);
        for (const { value } of cumulative) expect(value(at + later)).toBeGreaterThanOrEqual(value(at));
      }),
      { numRuns: 30 },
    );
  });

  test('have buckets that hold all of the smaller ones, and the last one everything', () => {
    const buckets = series.filter((each) => nameOf(each).endsWith('_bucket'));
    const histograms = Map.groupBy(buckets, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));

    for (const each of histograms.values()) {
      for (const at of [START - HOUR, START - 10 * MINUTE, START]) {
        const counts = each.map(({ value }) => value(at));
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      }
      expect(each.at(-1)?.labels['le']).toBe('+Inf');
    }
    expect(histograms.size).toBe(11);
  });

  test('are a page that can be read back, without labels of whoever serves it', () => {
    const lines = metricsPage(series, START).trimEnd().split('\n');

    const samples = lines.map(parseMetricLine);

    expect(samples).toEqual(
      series.map(({ labels: { __name__: name, ...labels }, value }) => ({
        name,
        labels: { job: '', instance: '', ...labels },
        value: value(START),
      })),
    );
  });

  test('are a history with a time on each line and an end', () => {
    const some = series.slice(0, 2);

    const text = openMetrics(some, [START - 15 * SECOND, START]);

    expect(text).toBe(
      [
        'up{job="trading-agents",instance="technical-agent:9101"} 0 1795489905',
        'up{job="trading-agents",instance="technical-agent:9101"} 0 1795489920',
        'up{job="trading-agents",instance="orderbook-agent:9101"} 0 1795489905',
        'up{job="trading-agents",instance="orderbook-agent:9101"} 0 1795489920',
        '# EOF',
        '',
      ].join('\n'),
    );
  });
});
