import { useCallback, useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Evidence } from '../api/answers.ts';
import { amountWords } from '../words/amount.ts';
import { momentOf } from '../words/moment.ts';
import { Time } from '../words/time.tsx';
import { type Palette } from './palette.ts';
import { axis, Plot } from './plot.tsx';
import { TableBehind } from './table-behind.tsx';

type Series = Extract<Evidence, { kind: 'series' }>;

/** A series over time with the value at which the alert fires, and the same as a table. */
export function SeriesChart({ evidence, title }: { evidence: Series; title: string }) {
  const { points, unit, threshold, min, max, last, label, omitted } = evidence;
  // A refresh brings equal points as new objects; only different points are drawn again.
  const same = JSON.stringify([points, threshold]);
  const data = useMemo(() => dataOf(points, threshold), [same]);
  const options = useCallback((palette: Palette) => optionsFor(palette, unit, threshold), [unit, threshold]);
  const readout = useCallback(
    (at: number) => {
      const [time, value] = points[at] ?? [];
      if (time === undefined || value === undefined) return '';
      return `${momentOf(time, Date.now(), { seconds: true }).shown} · ${amountWords(value, unit)}`;
    },
    [same, unit],
  );
  const range = `min ${amountWords(min, unit)}, max ${amountWords(max, unit)}, now ${amountWords(last, unit)}`;
  const fires = threshold === undefined ? '' : `, fires at ${amountWords(threshold, unit)}`;
  return (
    <figure class="evidence">
      <figcaption class="muted">
        {label !== undefined && <span class="breaks">{label}: </span>}
        {range}
        {fires}
        {omitted > 0 && `; ${omitted} further series not shown`}
      </figcaption>
      {points.length > 1 && (
        <Plot
          label={`${title}: ${range}${fires}`}
          data={data}
          options={options}
          readout={readout}
          height={160}
        />
      )}
      <TableBehind label={`${title}, values`} columns={['Time', 'Value']}>
        {points.map(([time, value]) => (
          <tr key={time}>
            <td>
              <Time ms={time} seconds />
            </td>
            <td class="number">{amountWords(value, unit)}</td>
          </tr>
        ))}
      </TableBehind>
    </figure>
  );
}

function dataOf(points: Series['points'], threshold: number | undefined): uPlot.AlignedData {
  const times = points.map(([time]) => time / 1000);
  const values = points.map(([, value]) => value);
  return threshold === undefined ? [times, values] : [times, values, points.map(() => threshold)];
}

function optionsFor(
  palette: Palette,
  unit: string | undefined,
  threshold: number | undefined,
): Omit<uPlot.Options, 'width' | 'height'> {
  return {
    series: [
      {},
      { stroke: palette('accent'), fill: palette('accent-tint'), width: 1.5, points: { show: false } },
      ...(threshold === undefined
        ? []
        : [{ stroke: palette('critical'), width: 1, dash: [6, 4], points: { show: false } }]),
    ],
    axes: [
      axis(palette, { values: timeLabels, space: 70, size: 30 }),
      axis(palette, {
        size: 64,
        values: (_, splits) => splits.map((value) => amountWords(value, unit === '%' ? '%' : undefined)),
      }),
    ],
  };
}

function timeLabels(_: uPlot, splits: number[]): string[] {
  return splits.map((at) => momentOf(at * 1000, at * 1000).shown);
}
