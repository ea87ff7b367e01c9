import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentSummary } from '../../../lib/core/history/history.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import { getStartOfDay } from '../../../lib/core/statistics/local-days.ts';
import { QUARTER } from '../../../lib/core/statistics/roll-up.ts';
import { computeStatistics, getCountedUpTo } from '../../../lib/core/statistics/statistics.ts';
import { countedHours, incidentSummary } from '../../support/factories/counted-hour.ts';

const PEOPLE = { 1: 1, 2: 2, 3: 0 };

function statistics(
  range: { from: Millis; to: Millis; tz?: string; now?: Millis },
  ...stored: Parameters<typeof countedHours>
) {
  const { now = range.to, tz = 'UTC', ...borders } = range;
  return computeStatistics({ ...borders, tz }, countedHours(...stored), PEOPLE, now);
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'America/Havana',
  'Asia/Beirut',
  'Africa/Cairo',
];

describe('the days of statistics', () => {
  /** An independent check without hours or quarters: the calendar day in the zone. */
  function daysNaively(incidents: IncidentSummary[], tz: string): Map<string, IncidentSummary[]> {
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: tz, dateStyle: 'short' });
    return Map.groupBy(incidents, ({ openedAt }) => calendar.format(openedAt));
  }

  it('hold the incidents opened on that day by local clocks, in every zone and across clock changes', () => {
    const moment = (from: Millis, days: number) => fc.integer({ min: from, max: from + days * DAY });
    const seasons = fc.constantFrom(
      ['2026-03-05', 40],
      ['2026-10-01', 50],
      ['2026-04-01', 30],
      ['2026-06-01', 3],
    ) as fc.Arbitrary<[string, number]>;
    const scenario = fc.tuple(fc.constantFrom(...zones), seasons).chain(([tz, [start, days]]) =>
      fc.record({
        tz: fc.constant(tz),
        from: fc.constant(getStartOfDay(start, tz)),
        days: fc.constant(days),
        opened: fc.array(moment(getStartOfDay(start, tz), days), { maxLength: 60 }),
      }),
    );
    fc.assert(
      fc.property(scenario, ({ tz, from, days, opened }) => {
        const to = Math.floor((from + days * DAY) / QUARTER) * QUARTER;
        const incidents = opened.map((openedAt, n) =>
          incidentSummary({ openedAt, severity: n % 2 === 0 ? 'critical' : 'info' }),
        );
        const inRange = incidents.filter(({ openedAt }) => openedAt < to);

        const { byDay, incidents: total } = statistics({ from, to, tz }, incidents);

        const naive = daysNaively(inRange, tz);
        expect(total).toBe(inRange.length);
        const shown = byDay
          .filter((day) => day.incidents > 0)
          .map((day) => [day.day, day.incidents, day.critical]);
        const expected = [...naive]
          .map(([day, own]) => [
            day,
            own.length,
            own.filter(({ severity }) => severity === 'critical').length,
          ])
          .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
        expect(shown).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['2026-03-29', 'Europe/Berlin', 23],
    ['2026-10-25', 'Europe/Berlin', 25],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    ['2026-03-08', 'America/Havana', 23],
    ['2026-11-01', 'America/Havana', 25],
  ])('have as many hours as their zone gives %s (%s)', (day, tz, hours) => {
    const from = getStartOfDay(day, tz);
    const to = from + hours * HOUR;
    const incidents = [from, to - 1, to].map((openedAt) => incidentSummary({ openedAt }));

    const { byDay } = statistics({ from, to: to + HOUR, tz }, incidents);

    expect(byDay.map((each) => each.incidents)).toEqual([2, 1]);
    expect(byDay[0]?.day).toBe(day);
  });

  it('are all listed, even without incidents, except a date that a zone skipped', () => {
    const from = Date.UTC(2011, 11, 29, 10);

    const { byDay } = statistics({ from, to: from + 3 * DAY, tz: 'Pacific/Apia' }, []);

    expect(byDay.map(({ day }) => day)).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  it('begin within the first one and end within the last one if the range does', () => {
    const from = Date.UTC(2026, 10, 24, 22);

    const { byDay } = statistics({ from, to: from + 3 * HOUR, tz: 'Asia/Kathmandu' }, []);

    expect(byDay.map(({ day }) => day)).toEqual(['2026-11-25']);
  });
});

describe('the numbers of statistics', () => {
  const from = Date.UTC(2026, 10, 24);
  const range = { from, to: from + DAY };
  const resolved = (change: Partial<IncidentSummary>): IncidentSummary =>
    incidentSummary({ openedAt: from, status: 'resolved', resolvedAt: from + HOUR, ...change });

  it('give median and p90 of acknowledged and resolved incidents, and count the others', () => {
    const incidents = [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) =>
        resolved({ firstAcknowledgedAt: from + n * MINUTE, resolvedAt: from + n * 10 * MINUTE }),
      ),
      resolved({ resolvedAt: from + 5 * MINUTE }),
      incidentSummary({ openedAt: from }),
    ];

    const { mtta, mttr, open, neverAcknowledged } = statistics(range, incidents);

    expect(mtta).toMatchObject({ counted: 10, leftOut: 2 });
    expect(Math.abs((mtta.medianSeconds ?? 0) - 300)).toBeLessThanOrEqual(3);
    expect(Math.abs((mtta.p90Seconds ?? 0) - 540)).toBeLessThanOrEqual(5.4);
    expect(mttr).toMatchObject({ counted: 11, leftOut: 1 });
    expect(Math.abs((mttr.medianSeconds ?? 0) - 3_000)).toBeLessThanOrEqual(30);
    expect({ open, neverAcknowledged }).toEqual({ open: 1, neverAcknowledged: 1 });
  });

  it('have no median without acknowledgements', () => {
    expect(statistics(range, [incidentSummary({ openedAt: from })]).mtta).toEqual({ counted: 0, leftOut: 1 });
  });

  it('name the 20 noisiest alerts and count the incidents of the others', () => {
    const incidents = Array.from({ length: 25 }, (_, n) =>
      Array.from({ length: n === 7 ? 3 : 1 }, () =>
        resolved({ alertname: `Alert${String(n).padStart(2, '0')}`, total: n === 9 ? 50 : 1 }),
      ),
    ).flat();

    const { byAlertname, otherAlertnames } = statistics(range, incidents);

    expect(byAlertname).toHaveLength(20);
    expect(byAlertname.slice(0, 3)).toEqual([
      { alertname: 'Alert07', incidents: 3, alerts: 3 },
      { alertname: 'Alert09', incidents: 1, alerts: 50 },
      { alertname: 'Alert00', incidents: 1, alerts: 1 },
    ]);
    expect(otherAlertnames).toBe(5);
  });

  it('list the highest severity and the most frequent category first', () => {
    const categories = ['agents', 'trading', 'trading', 'system'];

    const { bySeverity, byCategory } = statistics(
      range,
      categories.map((category) => resolved({ category, severity: 'warning' })),
    );

    expect(bySeverity.map(({ severity, incidents }) => [severity, incidents])).toEqual([
      ['critical', 0],
      ['warning', 4],
      ['info', 0],
    ]);
    expect(byCategory.map(({ category }) => category)).toEqual(['trading', 'agents', 'system']);
  });

  it('divide notices by the people of a tier and the hours that have passed, and give no rate without people', () => {
    const incidents = [resolved({ pages: [6, 4, 2] }), resolved({ pages: [6, 0, 0] })];

    const { notices } = statistics({ ...range, now: from + 6 * HOUR }, incidents);

    expect(notices).toEqual([
      { tier: 1, notices: 12, people: 1, perPersonHour: 2 },
      { tier: 2, notices: 4, people: 2, perPersonHour: 0.3333 },
      { tier: 3, notices: 2, people: 0 },
    ]);
  });

  it('give no rate for a range that has not begun', () => {
    expect(statistics({ ...range, now: from }, []).notices[0]).toEqual({ tier: 1, notices: 0, people: 1 });
  });

  it('leave out everything outside the range, to the quarter hour', () => {
    const incidents = [from - 1, from, from + HOUR - 1, from + HOUR].map((openedAt) =>
      incidentSummary({ openedAt }),
    );

    expect(statistics({ from, to: from + HOUR }, incidents).incidents).toBe(2);
    expect(statistics({ from: from - QUARTER, to: from + HOUR }, incidents).incidents).toBe(3);
  });

  it('say how often a diagnosis needed attention', () => {
    const diagnoses = [0, 1, 2].map((attention) => ({ startedAt: from + SECOND, checked: 3, attention }));

    expect(statistics(range, [], diagnoses).diagnoses).toEqual({ count: 3, neededAttention: 2 });
  });
});

describe('the time up to which everything is counted', () => {
  const from = Date.UTC(2026, 10, 24);
  const query = { from, to: from + DAY, tz: 'UTC' };
  const now = from + 5 * HOUR;

  it('is now without marks in the range', () => {
    const outside = { hour: from + DAY, since: 1, markedAt: 1 };

    expect(getCountedUpTo(query, [], now)).toBe(now);
    expect(getCountedUpTo(query, [outside], now)).toBe(now);
  });

  it('is the first change that may be missing, or the last count if that is later', () => {
    const uncounted = { hour: from, since: now - 3 * MINUTE, markedAt: now - MINUTE };

    expect(getCountedUpTo(query, [uncounted], now)).toBe(now - 3 * MINUTE);
    expect(getCountedUpTo(query, [{ ...uncounted, countedAt: now - 2 * MINUTE }], now)).toBe(
      now - 2 * MINUTE,
    );
    expect(getCountedUpTo(query, [{ ...uncounted, countedAt: from }], now)).toBe(now - 3 * MINUTE);
  });
});
