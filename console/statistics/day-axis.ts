import type uPlot from 'uplot';
import type { Palette } from '../charts/palette.ts';
import { axis } from '../charts/plot.tsx';
import { dayWords } from '../words/moment.ts';

/** Days stand at 0, 1, 2 and so on: a day that a zone makes shorter still counts as one. */
export function dayAxis(palette: Palette, days: readonly string[]): uPlot.Axis {
  return axis(palette, {
    grid: { show: false },
    space: 60,
    size: 30,
    incrs: [1, 2, 7, 14, 28, 91],
    values: (_, splits) => splits.map((at) => dayWords(days[at] ?? '')),
  });
}

/** Half a day of room at both ends, and counts from zero. */
export function dayScale(count: number): uPlot.Scales {
  return {
    x: { time: false, range: [-0.5, Math.max(0.5, count - 0.5)] },
    y: { range: (_, __, max) => [0, Math.max(max * 1.08, 1)] },
  };
}
