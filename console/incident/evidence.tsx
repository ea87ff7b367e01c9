import type { Evidence } from '../api/answers.ts';
import { SeriesChart } from '../charts/series-chart.tsx';
import { countWords } from '../words/amount.ts';
import { isNumeric } from './is-numeric.ts';

/** Cells of more characters may wrap; others stay on one line. */
const LONG = 28;

/** The evidence of a check: rows, a series over time, or lines of a log. */
export function EvidenceView({ evidence, title }: { evidence: Evidence; title: string }) {
  switch (evidence.kind) {
    case 'table':
      return <Rows evidence={evidence} title={title} />;
    case 'series':
      return <SeriesChart evidence={evidence} title={title} />;
    case 'text':
      return (
        <div class="evidence">
          {evidence.omitted > 0 && (
            <p class="muted">{countWords(evidence.omitted, 'earlier line')} left out</p>
          )}
          <pre tabIndex={0} aria-label={title}>
            {evidence.lines.join('\n')}
          </pre>
        </div>
      );
  }
}

function Rows({ evidence, title }: { evidence: Extract<Evidence, { kind: 'table' }>; title: string }) {
  const { columns, rows, omitted } = evidence;
  const numeric = columns.map((_, at) => rows.every((row) => isNumeric(row[at] ?? '')));
  return (
    <div class="evidence">
      <div class="scrolls" role="region" aria-label={title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th key={column} scope="col" class={numeric[at] ? 'number' : ''}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, rowAt) => (
              <tr key={rowAt}>
                {row.map((cell, at) => (
                  <td
                    key={columns[at] ?? at}
                    class={numeric[at] ? 'number' : cell.length > LONG ? 'long' : ''}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {omitted > 0 && <p class="muted">{countWords(omitted, 'more row')} left out</p>}
    </div>
  );
}
