import { useCallback, useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import type { DayStatistics, Durations } from '../api/answers.ts';
import type { Palette } from '../charts/palette.ts';
import { axis, Plot } from '../charts/plot.tsx';
import { TableBehind } from '../charts/table-behind.tsx';
import { amountWords } from '../words/amount.ts';
import { durationWords } from '../words/duration.ts';
import { dayWords } from '../words/moment.ts';
import { hasAny, trendOf } from './chart-data.ts';
import { dayAxis, dayScale } from './day-axis.ts';

type ChartProps = {
  days: readonly DayStatistics[];
  which: 'mtta' | 'mttr';
  title: string;
  overall: Durations;
};

/** Median and p90 by day, as lines and as a table. */
export function TrendChart({ days, which, title, overall }: ChartProps) {
  const data = useMemo((): uPlot.AlignedData => {
    const { at, median, p90 } = trendOf(days, which);
    return [at, median, p90];
  }, [days, which]);
  const options = useCallback((palette: Palette) => optionsFor(palette, days), [days]);
  const readout = useCallback(
    (at: number) => {
      const day = days[at];
      return day === undefined ? '' : `${dayWords(day.day, true)} · ${inWords(day[which])}`;
    },
    [days, which],
  );
  return (
    <section aria-labelledby={which}>
      <h2 id={which}>{title}</h2>
      {hasAny(days.map((day) => day[which])) ? (
        <>
          <ul class="legend">
            <li>
              <span class="swatch accent" aria-hidden="true" />
              median
            </li>
            <li>
              <span class="swatch dashed" aria-hidden="true" />
              p90
            </li>
          </ul>
          <Plot
            label={`${title} by day: ${inWords(overall)} in all`}
            data={data}
            options={options}
            readout={readout}
          />
          <DurationTable days={days} which={which} title={title} />
        </>
      ) : (
        <p class="muted">None in this range.</p>
      )}
    </section>
  );
}

function DurationTable({ days, which, title }: Pick<ChartProps, 'days' | 'which' | 'title'>) {
  return (
    <TableBehind label={`${title}, numbers`} columns={['Day', 'Median', 'p90', 'Counted', 'Left out']}>
      {days.toReversed().map((day) => (
        <tr key={day.day}>
          <td>{dayWords(day.day, true)}</td>
          <td class="number">{secondsWords(day[which].medianSeconds)}</td>
          <td class="number">{secondsWords(day[which].p90Seconds)}</td>
          <td class="number">{amountWords(day[which].counted)}</td>
          <td class="number">{amountWords(day[which].leftOut)}</td>
        </tr>
      ))}
    </TableBehind>
  );
}

function inWords({ medianSeconds, p90Seconds, counted }: Durations): string {
  if (medianSeconds === undefined) return 'none';
  return `median ${secondsWords(medianSeconds)}, p90 ${secondsWords(p90Seconds)}, ${amountWords(counted)} counted`;
}

function secondsWords(seconds: number | undefined): string {
  return seconds === undefined ? '–' : durationWords(seconds);
}

function optionsFor(
  palette: Palette,
  days: readonly DayStatistics[],
): Omit<uPlot.Options, 'width' | 'height'> {
  const { x, y } = dayScale(days.length);
  return {
    scales: { ...(x && { x }), ...(y && { y }) },
    series: [
      {},
      { stroke: palette('accent'), width: 2, points: { show: true, size: 5, fill: palette('accent') } },
      {
        stroke: palette('muted'),
        width: 1.5,
        dash: [5, 4],
        points: { show: true, size: 4, fill: palette('muted') },
      },
    ],
    axes: [
      dayAxis(
        palette,
        days.map(({ day }) => day),
      ),
      axis(palette, {
        size: 72,
        incrs: [1, 5, 15, 30, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400, 604_800],
        values: (_, splits) => splits.map((seconds) => durationWords(seconds)),
      }),
    ],
  };
}
