import type { ShownStatistics } from '../api/answers.ts';
import { AlertName } from '../incidents/alert-name.tsx';
import { Link } from '../routing/navigation.tsx';
import { amountWords, countWords } from '../words/amount.ts';
import { Bar } from './bar.tsx';
import { shares } from './chart-data.ts';

/** The alerts with the most incidents: bars and numbers in one table. */
export function Noisiest({
  alertnames,
  others,
}: {
  alertnames: ShownStatistics['byAlertname'];
  others: number;
}) {
  const lengths = shares(alertnames.map(({ incidents }) => incidents));
  return (
    <section aria-labelledby="noisiest">
      <h2 id="noisiest">Noisiest alerts</h2>
      {alertnames.length === 0 ? (
        <p class="muted">None in this range.</p>
      ) : (
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">Alert</th>
              <th scope="col" class="number">
                Incidents
              </th>
              <th scope="col" class="number">
                Alerts
              </th>
            </tr>
          </thead>
          <tbody>
            {alertnames.map(({ alertname, incidents, alerts }, at) => (
              <tr key={alertname}>
                <td class="breaks">
                  <Link to={{ page: 'history' }} search={new URLSearchParams({ alertname }).toString()}>
                    <AlertName name={alertname} />
                  </Link>
                  <Bar share={lengths[at] ?? 0} />
                </td>
                <td class="number">{amountWords(incidents)}</td>
                <td class="number">{amountWords(alerts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {others > 0 && <p class="muted">{countWords(others, 'incident')} of other alerts</p>}
    </section>
  );
}
