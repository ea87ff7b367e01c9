import type { DayStatistics, Durations } from '../api/answers.ts';

type Column = (number | null)[];

/** For stacked bars: the tallest first, because each is drawn over the one before. */
export function stackedDays(days: readonly DayStatistics[]): {
  at: number[];
  all: number[];
  upToWarning: number[];
  critical: number[];
} {
  return {
    at: days.map((_, at) => at),
    all: days.map(({ critical, warning, info }) => critical + warning + info),
    upToWarning: days.map(({ critical, warning }) => critical + warning),
    critical: days.map(({ critical }) => critical),
  };
}

/** Median and p90 by day, in seconds; a day without any is a gap. */
export function trendOf(
  days: readonly DayStatistics[],
  which: 'mtta' | 'mttr',
): { at: number[]; median: Column; p90: Column } {
  return {
    at: days.map((_, at) => at),
    median: days.map((day) => day[which].medianSeconds ?? null),
    p90: days.map((day) => day[which].p90Seconds ?? null),
  };
}

/** Whether there is anything to draw. */
export function hasAny(durations: readonly Durations[]): boolean {
  return durations.some(({ medianSeconds }) => medianSeconds !== undefined);
}

/** The length of a bar, as a percentage of the largest. */
export function shares(values: readonly number[]): number[] {
  const largest = Math.max(0, ...values);
  return values.map((value) => (largest === 0 ? 0 : Math.round((value / largest) * 1_000) / 10));
}
