import { amountWords } from '../words/amount.ts';
import { Bar } from './bar.tsx';
import { shares } from './chart-data.ts';

const SEVERITIES = new Set(['critical', 'warning', 'info']);

type BreakdownProps = { title: string; noun: string; rows: { name: string; incidents: number }[] };

/** The number of incidents of a few kinds: bars and numbers in one table. */
export function Breakdown({ title, noun, rows }: BreakdownProps) {
  const lengths = shares(rows.map(({ incidents }) => incidents));
  return (
    <section>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="muted">None in this range.</p>
      ) : (
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">{noun}</th>
              <th scope="col" class="number">
                Incidents
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, incidents }, at) => (
              <tr key={name}>
                <td class="breaks">
                  {name}
                  <Bar share={lengths[at] ?? 0} kind={SEVERITIES.has(name) ? name : 'accent'} />
                </td>
                <td class="number">{amountWords(incidents)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
