import type { ShownDelivery } from '../api/answers.ts';
import { countWords } from '../words/amount.ts';
import { Time } from '../words/time.tsx';

const BADGES = {
  delivered: 'normal',
  digest: 'normal',
  superseded: 'unchecked',
  retrying: 'warning',
  failed: 'attention',
} as const;

/** Each notice, its recipient, and whether it arrived. */
export function Deliveries({ deliveries }: { deliveries: readonly ShownDelivery[] }) {
  const failed = deliveries.filter(({ outcome }) => outcome === 'failed').length;
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      {deliveries.length === 0 ? (
        <p class="muted">Nobody has been notified yet.</p>
      ) : (
        <>
          {failed > 0 && <p class="problem">{countWords(failed, 'notice')} did not arrive.</p>}
          <div class="scrolls" role="region" aria-label="Who was notified of what" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">At</th>
                  <th scope="col">To</th>
                  <th scope="col">Notice</th>
                  <th scope="col">State</th>
                  <th scope="col" class="number">
                    Tries
                  </th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {deliveries.map((delivery) => (
                  <tr key={delivery.key}>
                    <td>
                      <Time at={delivery.at} seconds />
                    </td>
                    <td class="breaks">{delivery.destination}</td>
                    <td>
                      {delivery.reason} · L{delivery.tier}
                      {delivery.ping ? ' · interrupts' : ''}
                    </td>
                    <td>
                      <span class={`badge ${BADGES[delivery.outcome]}`}>{delivery.outcome}</span>
                    </td>
                    <td class="number">{delivery.attempts}</td>
                    <td class="breaks">{delivery.detail ?? ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
