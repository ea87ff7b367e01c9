import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { DayStatistics } from '../api/answers.ts';
import { TableBehind } from '../charts/table-behind.tsx';
import { amountWords, countWords } from '../words/amount.ts';
import { dayWords } from '../words/moment.ts';
import { type HeatCell, heatMap } from './heat-map.ts';

const CELL = 13;
const GAP = 3;
const LEFT = 30;
const TOP = 18;

type ViewProps = { days: readonly DayStatistics[]; from: string; to: string };

/** A calendar of the past year, a column a week, and its months as a table. */
export function HeatMapView({ days, from, to }: ViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // Where it is too wide, it starts scrolled to the latest days.
  useEffect(() => scroller.current?.scrollTo({ left: scroller.current.scrollWidth }), [days]);
  const map = useMemo(() => heatMap(days, from, to), [days, from, to]);
  const total = days.reduce((sum, { incidents }) => sum + incidents, 0);
  const busy = days.filter(({ incidents }) => incidents > 0).length;
  const width = LEFT + map.weeks.length * (CELL + GAP);
  const height = TOP + 7 * (CELL + GAP);
  return (
    <section aria-labelledby="year">
      <h2 id="year">The past year</h2>
      <p class="muted">
        {countWords(total, 'incident')} on {countWords(busy, 'day')}
      </p>
      <div ref={scroller} class="scrolls" role="region" aria-label="Calendar of the past year" tabIndex={0}>
        <svg
          class="heat"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`Incidents a day from ${dayWords(from, true)} to ${dayWords(to, true)}: ${countWords(total, 'incident')} on ${countWords(busy, 'day')}`}
        >
          {map.months.map(({ week, name }) => (
            <text key={`${week}${name}`} x={LEFT + week * (CELL + GAP)} y={11}>
              {name}
            </text>
          ))}
          {['Mon', 'Wed', 'Fri'].map((name, at) => (
            <text key={name} x={0} y={TOP + at * 2 * (CELL + GAP) + CELL - 2}>
              {name}
            </text>
          ))}
          {map.weeks.map((week, x) =>
            week.map((cell, y) => cell && <Cell key={cell.day} cell={cell} x={x} y={y} />),
          )}
        </svg>
      </div>
      <Legend steps={map.steps} />
      <Months days={days} />
    </section>
  );
}

function Cell({ cell, x, y }: { cell: HeatCell; x: number; y: number }) {
  return (
    <rect
      class={`level-${cell.level}`}
      x={LEFT + x * (CELL + GAP)}
      y={TOP + y * (CELL + GAP)}
      width={CELL}
      height={CELL}
      rx={2}
    >
      <title>{`${dayWords(cell.day, true)}: ${countWords(cell.incidents, 'incident')}`}</title>
    </rect>
  );
}

function Legend({ steps }: { steps: readonly number[] }) {
  return (
    <ul class="legend">
      <li>
        <span class="swatch level-0" aria-hidden="true" />
        none
      </li>
      {steps.map((step, at) => {
        const low = (steps[at - 1] ?? 0) + 1;
        return (
          <li key={step}>
            <span class={`swatch level-${at + 1}`} aria-hidden="true" />
            {low === step ? step : `${low} to ${step}`}
          </li>
        );
      })}
    </ul>
  );
}

function Months({ days }: { days: readonly DayStatistics[] }) {
  const months = Map.groupBy(days, ({ day }) => day.slice(0, 7));
  return (
    <TableBehind label="Incidents a month" columns={['Month', 'Incidents', 'Busiest day']}>
      {[...months].map(([month, ofMonth]) => (
        <tr key={month}>
          <td>{month}</td>
          <td class="number">{amountWords(ofMonth.reduce((sum, { incidents }) => sum + incidents, 0))}</td>
          <td class="number">{amountWords(Math.max(...ofMonth.map(({ incidents }) => incidents)))}</td>
        </tr>
      ))}
    </TableBehind>
  );
}
