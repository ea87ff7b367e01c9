import { useCallback, useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import type { DayStatistics } from '../api/answers.ts';
import type { Palette } from '../charts/palette.ts';
import { axis, Plot } from '../charts/plot.tsx';
import { TableBehind } from '../charts/table-behind.tsx';
import { amountWords, countWords } from '../words/amount.ts';
import { dayWords } from '../words/moment.ts';
import { stackedDays } from './chart-data.ts';
import { dayAxis, dayScale } from './day-axis.ts';

/** Incidents a day, by severity, as bars and as a table. */
export function DaysChart({ days }: { days: readonly DayStatistics[] }) {
  const data = useMemo((): uPlot.AlignedData => {
    const { at, all, upToWarning, critical } = stackedDays(days);
    return [at, all, upToWarning, critical];
  }, [days]);
  const options = useCallback((palette: Palette) => optionsFor(palette, days), [days]);
  const readout = useCallback(
    (at: number) => {
      const day = days[at];
      return day === undefined ? '' : `${dayWords(day.day, true)} · ${inWords(day)}`;
    },
    [days],
  );
  const total = days.reduce((sum, { incidents }) => sum + incidents, 0);
  const most = days.toSorted((a, b) => b.incidents - a.incidents)[0];
  const label =
    `Incidents a day by severity: ${countWords(total, 'incident')} on ${countWords(days.length, 'day')}` +
    (most === undefined || most.incidents === 0
      ? ''
      : `, most on ${dayWords(most.day, true)}: ${most.incidents}`);
  return (
    <section aria-labelledby="days">
      <h2 id="days">Incidents a day</h2>
      <ul class="legend">
        {(['critical', 'warning', 'info'] as const).map((severity) => (
          <li key={severity}>
            <span class={`swatch ${severity}`} aria-hidden="true" />
            {severity}
          </li>
        ))}
      </ul>
      <Plot label={label} data={data} options={options} readout={readout} />
      <TableBehind label="Incidents a day, numbers" columns={['Day', 'All', 'Critical', 'Warning', 'Info']}>
        {days.toReversed().map(({ day, incidents, critical, warning, info }) => (
          <tr key={day}>
            <td>{dayWords(day, true)}</td>
            <td class="number">{amountWords(incidents)}</td>
            <td class="number">{amountWords(critical)}</td>
            <td class="number">{amountWords(warning)}</td>
            <td class="number">{amountWords(info)}</td>
          </tr>
        ))}
      </TableBehind>
    </section>
  );
}

function inWords({ incidents, critical, warning, info }: DayStatistics): string {
  return `${countWords(incidents, 'incident')}: ${critical} critical, ${warning} warning, ${info} info`;
}

function optionsFor(
  palette: Palette,
  days: readonly DayStatistics[],
): Omit<uPlot.Options, 'width' | 'height'> {
  const bars = uPlot.paths.bars?.({ size: [0.75, 40] });
  const bar = (colour: string): uPlot.Series => ({
    fill: palette(colour),
    width: 0,
    points: { show: false },
    paths: bars,
  });
  return {
    scales: dayScale(days.length),
    series: [{}, bar('info-bar'), bar('warning-bar'), bar('critical-bar')],
    axes: [
      dayAxis(
        palette,
        days.map(({ day }) => day),
      ),
      axis(palette, {
        size: 48,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 10_000, 100_000],
        values: (_, splits) => splits.map((value) => amountWords(value)),
      }),
    ],
  };
}
