import { describe, expect, it } from 'vitest';
import type { DayStatistics } from '../../../console/api/answers.ts';
import { hasAny, shares, stackedDays, trendOf } from '../../../console/statistics/chart-data.ts';
import { heatMap } from '../../../console/statistics/heat-map.ts';
import {
  addDays,
  readRange,
  statisticsQuery,
  weekdayOf,
  writeRange,
  yearUpTo,
} from '../../../console/statistics/range.ts';

const now = Date.parse('2026-11-24T23:30:00Z');

describe('the range of the statistics', () => {
  it('is the last 30 days where the reader is, which may be tomorrow already', () => {
    expect(readRange('', now, 'UTC')).toEqual({ from: '2026-10-26', to: '2026-11-24', tz: 'UTC', days: 30 });
    expect(readRange('', now, 'Europe/Berlin')).toMatchObject({ from: '2026-10-27', to: '2026-11-25' });
  });

  it('is what the address says, and an odd one is left to the API', () => {
    expect(readRange('?days=7&tz=UTC', now, 'Europe/Berlin')).toMatchObject({ from: '2026-11-18', days: 7 });
    expect(readRange('?from=2026-01-01&to=2026-01-31', now, 'UTC')).toEqual({
      from: '2026-01-01',
      to: '2026-01-31',
      tz: 'UTC',
    });
    expect(readRange('?from=soon&tz=Mars/Base', now, 'UTC')).toEqual({
      from: 'soon',
      to: '2026-11-24',
      tz: 'Mars/Base',
    });
  });

  it('comes back from the address as it was written', () => {
    const range = { from: '2026-01-01', to: '2026-01-31', tz: 'Asia/Tokyo' };

    expect(readRange(writeRange(range, 'UTC'), now, 'UTC')).toEqual(range);
    expect(writeRange({ days: 90, tz: 'UTC' }, 'UTC')).toBe('days=90');
  });

  it('is asked for with the first day that is left out', () => {
    expect(statisticsQuery({ from: '2026-01-01', to: '2026-01-31', tz: 'UTC' })).toEqual({
      from: '2026-01-01',
      to: '2026-02-01',
      tz: 'UTC',
    });
  });

  it('of a year begins on a Monday, 52 weeks before this one', () => {
    const { from, to } = yearUpTo(now, 'UTC');

    expect([from, weekdayOf(from), to]).toEqual(['2025-11-24', 0, '2026-11-24']);
  });

  it('counts days across the end of a month and a leap day', () => {
    expect([addDays('2026-10-31', 1), addDays('2028-02-28', 1), addDays('never', 1)]).toEqual([
      '2026-11-01',
      '2028-02-29',
      'never',
    ]);
  });
});

describe('the calendar', () => {
  it('has a column a week from Monday to Sunday, with room before the first and after the last day', () => {
    const { weeks } = heatMap([], '2026-11-18', '2026-11-24');

    expect(weeks).toHaveLength(2);
    expect(weeks[0]?.map((cell) => cell?.day)).toEqual([
      undefined,
      undefined,
      '2026-11-18',
      '2026-11-19',
      '2026-11-20',
      '2026-11-21',
      '2026-11-22',
    ]);
    expect(weeks[1]?.filter(Boolean)).toHaveLength(2);
  });

  it('has every day once, through both changes of the clock', () => {
    const { weeks } = heatMap([], '2025-11-24', '2026-11-24');
    const days = weeks.flat().flatMap((cell) => cell?.day ?? []);

    expect(days).toHaveLength(366);
    expect(new Set(days).size).toBe(366);
  });

  it('grades by quarters of the busy days, so that one storm does not pale the rest', () => {
    const counts = [1, 2, 3, 1_000].map((incidents, at) => ({ day: addDays('2026-11-16', at), incidents }));

    const { weeks, steps } = heatMap(counts, '2026-11-16', '2026-11-22');

    expect(weeks[0]?.map((cell) => cell?.level)).toEqual([1, 2, 3, 4, 0, 0, 0]);
    expect(steps).toEqual([1, 2, 3, 1_000]);
  });

  it('has as many grades as it can tell apart, and none of nothing', () => {
    const counts = [1, 1, 1].map((incidents, at) => ({ day: addDays('2026-11-16', at), incidents }));

    expect(heatMap(counts, '2026-11-16', '2026-11-22').steps).toEqual([1]);
    expect(heatMap([], '2026-11-16', '2026-11-22').steps).toEqual([]);
  });

  it('names a month where it begins', () => {
    expect(heatMap([], '2026-10-05', '2026-11-08').months).toEqual([{ week: 3, name: 'Nov' }]);
  });
});

describe('the data of a chart', () => {
  const none = { counted: 0, leftOut: 1 };
  const days: DayStatistics[] = [
    {
      day: '2026-11-23',
      incidents: 6,
      critical: 1,
      warning: 2,
      info: 3,
      mtta: { medianSeconds: 60, p90Seconds: 90, counted: 4, leftOut: 2 },
      mttr: none,
    },
    { day: '2026-11-24', incidents: 0, critical: 0, warning: 0, info: 0, mtta: none, mttr: none },
  ];

  it('of bars grows from critical to all', () => {
    expect(stackedDays(days)).toEqual({ at: [0, 1], all: [6, 0], upToWarning: [3, 0], critical: [1, 0] });
  });

  it('of a trend has a gap where nothing was counted', () => {
    expect(trendOf(days, 'mtta')).toEqual({ at: [0, 1], median: [60, null], p90: [90, null] });
    expect([hasAny(days.map(({ mtta }) => mtta)), hasAny(days.map(({ mttr }) => mttr))]).toEqual([
      true,
      false,
    ]);
  });

  it('of bars beside numbers is a share of the largest', () => {
    expect(shares([40, 10, 0])).toEqual([100, 25, 0]);
    expect(shares([0])).toEqual([0]);
    expect(shares([])).toEqual([]);
  });
});
