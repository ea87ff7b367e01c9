import { useMemo, useState } from 'preact/hooks';
import type { ListedIncident, ShownIncident } from '../api/answers.ts';
import type { Api } from '../api/client.ts';
import { AlertName } from '../incidents/alert-name.tsx';
import { SeverityBadge } from '../incidents/severity.tsx';
import { FreshnessLine } from '../live/freshness.tsx';
import { useLive } from '../live/use-live.ts';
import { Link } from '../routing/navigation.tsx';
import type { Session } from '../session/session.ts';
import { between } from '../words/duration.ts';
import { Time } from '../words/time.tsx';
import { useNow } from '../words/use-now.ts';
import { useTitle } from '../words/use-title.ts';
import { Alerts } from './alerts.tsx';
import { ChangeForm } from './change-form.tsx';
import { Commands } from './commands.tsx';
import { Deliveries } from './deliveries.tsx';
import { Diagnoses } from './diagnoses.tsx';
import { SafeLink } from './safe-link.tsx';
import { Timeline } from './timeline.tsx';

const OPEN_EVERY_MS = 5_000;
/** A resolved incident may reopen. */
const RESOLVED_EVERY_MS = 30_000;

/** One incident: its state, its findings, its timeline, its notices. */
export function IncidentPage({ api, session, id }: { api: Api; session: Session; id: string }) {
  const load = useMemo(() => (signal: AbortSignal) => api.show(id, signal), [api, id]);
  const [everyMs, setEveryMs] = useState(OPEN_EVERY_MS);
  const { value, refused, freshness, refresh, put } = useLive(load, everyMs);
  const wanted = value?.incident.status === 'resolved' ? RESOLVED_EVERY_MS : OPEN_EVERY_MS;
  if (wanted !== everyMs) setEveryMs(wanted);
  useTitle(value === undefined ? 'Incident' : `${value.incident.alertname}, ${value.incident.status}`);

  if (refused) {
    return (
      <>
        <h1>{refused.status === 404 ? 'There is no such incident' : 'Incident'}</h1>
        <p class="problem" role="alert">
          {refused.detail}
        </p>
        <p>
          <Link to={{ page: 'open' }}>Open incidents</Link> · <Link to={{ page: 'history' }}>History</Link>
        </p>
      </>
    );
  }
  if (value === undefined) {
    return (
      <>
        <h1>Incident</h1>
        <FreshnessLine freshness={freshness} everyMs={everyMs} onRetry={refresh} />
      </>
    );
  }

  function changed(incident: ListedIncident): void {
    if (value) put({ ...value, incident: { ...value.incident, ...incident } });
    refresh();
  }

  return (
    <article class={`incident ${value.incident.severity}`}>
      <div class="headline">
        <h1>
          <AlertName name={value.incident.alertname} />
        </h1>
        <FreshnessLine freshness={freshness} everyMs={everyMs} onRetry={refresh} />
      </div>
      {value.runbook !== undefined && (
        <p class="meaning">
          {value.runbook.summary} {value.runbook.impact}
        </p>
      )}
      <Facts incident={value.incident} />
      <Ways record={value} />
      {value.incident.status === 'open' && (
        <ChangeForm api={api} session={session} incident={value.incident} onChanged={changed} />
      )}
      <div class="halves wide-first">
        <div>
          <Diagnoses diagnoses={value.diagnoses} />
          <Commands commands={value.diagnoses.at(-1)?.commands ?? []} />
        </div>
        <div>
          <Timeline timeline={value.timeline} leftOut={value.leftOut?.timeline ?? 0} />
        </div>
      </div>
      <Alerts alerts={value.alerts} untracked={value.incident.untracked + (value.leftOut?.alerts ?? 0)} />
      <Deliveries deliveries={value.deliveries} />
    </article>
  );
}

function Facts({ incident }: { incident: ShownIncident['incident'] }) {
  const now = useNow(1_000);
  const open = incident.status === 'open';
  const group = Object.entries(incident.group).filter(([name]) => name !== 'alertname');
  return (
    <>
      <p class="state" aria-live="polite">
        <SeverityBadge severity={incident.severity} />{' '}
        <span class={`badge ${incident.status}`}>{incident.status}</span>{' '}
        {incident.flapping && <span class="badge warning">flapping</span>}{' '}
        {incident.acknowledgedBy !== undefined && (
          <span class="badge acknowledged">acknowledged by {incident.acknowledgedBy}</span>
        )}
      </p>
      <dl class="facts">
        <div>
          <dt>Opened</dt>
          <dd>
            <Time at={incident.openedAt} />
          </dd>
        </div>
        <div>
          <dt>{open ? 'Open for' : 'Lasted'}</dt>
          <dd>{between(incident.openedAt, incident.resolvedAt ?? now)}</dd>
        </div>
        {incident.resolvedAt !== undefined && (
          <div>
            <dt>Resolved</dt>
            <dd>
              <Time at={incident.resolvedAt} />
              {incident.resolvedBy !== undefined && ` by ${incident.resolvedBy}`}
            </dd>
          </div>
        )}
        <div>
          <dt>Alerts</dt>
          <dd>
            {incident.firing} of {incident.truncated ? 'at least ' : ''}
            {incident.total} firing
          </dd>
        </div>
        <div>
          <dt>Tier</dt>
          <dd>{incident.tier > 0 ? `L${incident.tier}` : 'none'}</dd>
        </div>
        <div>
          <dt>Source</dt>
          <dd>{incident.source}</dd>
        </div>
        {incident.category !== undefined && (
          <div>
            <dt>Category</dt>
            <dd>{incident.category}</dd>
          </div>
        )}
        {incident.acknowledgedAt !== undefined && (
          <div>
            <dt>Acknowledged</dt>
            <dd>
              <Time at={incident.acknowledgedAt} /> by {incident.acknowledgedBy}
              {incident.acknowledgementNote !== undefined && <q>{incident.acknowledgementNote}</q>}
            </dd>
          </div>
        )}
        {group.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Links to related pages. */
function Ways({ record }: { record: ShownIncident }) {
  const { id, alertname } = record.incident;
  return (
    <ul class="ways" aria-label="Links">
      <li>
        <Link to={{ page: 'report', id }}>Post-mortem draft</Link>
      </li>
      <li>
        <Link to={{ page: 'history' }} search={new URLSearchParams({ alertname }).toString()}>
          Earlier {alertname}
        </Link>
      </li>
      {record.links.map(({ name, url }) => (
        <li key={url}>
          <SafeLink href={url}>{name}</SafeLink>
        </li>
      ))}
    </ul>
  );
}
