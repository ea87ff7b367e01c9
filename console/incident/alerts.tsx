import type { ShownAlert } from '../api/answers.ts';
import { SeverityBadge } from '../incidents/severity.tsx';
import { countWords } from '../words/amount.ts';
import { Time } from '../words/time.tsx';
import { SafeLink } from './safe-link.tsx';
import { safeUrl } from './safe-url.ts';

/** How many are drawn at once; a button shows the others. */
const SHOWN = 20;

/** The alerts of the incident, firing ones first. */
export function Alerts({ alerts, untracked }: { alerts: readonly ShownAlert[]; untracked: number }) {
  const rest = alerts.slice(SHOWN);
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      <List alerts={alerts.slice(0, SHOWN)} />
      {rest.length > 0 && (
        <details>
          <summary>{countWords(rest.length, 'more alert')}</summary>
          <List alerts={rest} />
        </details>
      )}
      {untracked > 0 && <p class="muted">{countWords(untracked, 'further alert')} not shown</p>}
    </section>
  );
}

function List({ alerts }: { alerts: readonly ShownAlert[] }) {
  return (
    <ul class="alerts">
      {alerts.map((alert) => (
        <li key={alert.fingerprint} class={alert.status}>
          <Alert alert={alert} />
        </li>
      ))}
    </ul>
  );
}

function Alert({ alert }: { alert: ShownAlert }) {
  const { status, severity, unknownSeverity, startsAt, endsAt, labels, annotations, fingerprint } = alert;
  return (
    <>
      <p>
        <SeverityBadge severity={severity} />{' '}
        {unknownSeverity !== undefined && <span class="muted">for the unknown “{unknownSeverity}” </span>}
        <span class={`badge ${status}`}>{status}</span> since <Time at={startsAt} seconds />
        {endsAt !== undefined && (
          <>
            {' '}
            until <Time at={endsAt} seconds />
          </>
        )}
      </p>
      {labels === undefined ? (
        <p class="muted">Fingerprint {fingerprint}; its labels were not kept.</p>
      ) : (
        <ul class="labels" aria-label="Labels">
          {Object.entries(labels).map(([name, value]) => (
            <li key={name}>
              <span class="muted">{name}=</span>
              {value}
            </li>
          ))}
        </ul>
      )}
      {annotations !== undefined && Object.keys(annotations).length > 0 && (
        <dl class="annotations">
          {Object.entries(annotations).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{safeUrl(value) === undefined ? value : <SafeLink href={value}>{value}</SafeLink>}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
