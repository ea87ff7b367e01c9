import { describe, expect, test } from 'vitest';
import { summarise, toSeriesEvidence } from '../../../lib/core/diagnosis/checks/series-summary.ts';

const minute = (n: number) => n * 60_000;

describe('a series', () => {
  test('is summarized by its minimum, maximum and last number', () => {
    const summary = summarise([
      [minute(0), 4],
      [minute(1), 1],
      [minute(2), 9],
      [minute(3), 3],
    ]);

    expect(summary).toEqual({ min: 1, max: 9, last: 3 });
  });

  test('ignores gaps, so that a gap is neither minimum nor last', () => {
    const summary = summarise([
      [minute(0), 4],
      [minute(1), Number.NaN],
      [minute(2), Infinity],
    ]);

    expect(summary).toEqual({ min: 4, max: 4, last: 4 });
    expect(summarise([[minute(0), Number.NaN]])).toBeUndefined();
    expect(summarise([])).toBeUndefined();
  });

  test('is shown if its value is the highest, and the others are counted', () => {
    const evidence = toSeriesEvidence([
      { labels: { service: 'api' }, points: [[minute(0), 5]] },
      { labels: { __name__: 'up', service: 'web', code: '500' }, points: [[minute(0), 8]] },
      { labels: { service: 'empty' }, points: [] },
    ]);

    expect(evidence).toMatchObject({ max: 8, label: 'service=web, code=500', omitted: 2 });
  });

  test('keeps at most 120 points, with the first and the last', () => {
    const points = Array.from({ length: 1_000 }, (_, n): [number, number] => [minute(n), n]);

    const evidence = toSeriesEvidence([{ labels: {}, points }]);

    if (evidence?.kind !== 'series') throw new Error('there is no series');
    expect(evidence.points).toHaveLength(120);
    expect([evidence.points[0], evidence.points.at(-1)]).toEqual([points[0], points[999]]);
  });

  test('has labels without credentials and control characters, and of limited length', () => {
    const evidence = toSeriesEvidence([
      {
        labels: { url: 'http://reader:s3cret-word@db/', note: 'a\u001b[31m\u202eb', long: 'x'.repeat(5_000) },
        points: [[0, 1]],
      },
    ]);

    const label = evidence?.kind === 'series' ? (evidence.label ?? '') : '';
    expect(label).toContain('url=http://reader:[redacted]@db/');
    expect(label).not.toMatch(/s3cret-word|\p{Cc}|\u202e/u);
    expect(label.length).toBeLessThanOrEqual(200);
  });
});
