import type { ListedIncident } from '../api/answers.ts';
import { Link } from '../routing/navigation.tsx';
import { between } from '../words/duration.ts';
import { Time } from '../words/time.tsx';
import { AlertName } from './alert-name.tsx';
import { SeverityBadge } from './severity.tsx';

type ListProps = {
  incidents: readonly ListedIncident[];
  now: number;
  /** The list's name for screen readers. */
  label: string;
  /** Ids that have come since the page was opened. */
  fresh?: ReadonlySet<string>;
  /** With the time of opening and whether they are resolved. */
  past?: boolean;
};

/** Incidents, one a row on wide screens and one a card on narrow ones. */
export function IncidentList({ incidents, now, label, fresh, past = false }: ListProps) {
  return (
    <div class={past ? 'incidents past' : 'incidents'}>
      <div class="columns" aria-hidden="true">
        <span>Severity</span>
        <span>Alert</span>
        {past && <span class="number">Opened</span>}
        <span class="number">{past ? 'Lasted' : 'Open for'}</span>
        <span class="number">Alerts</span>
        <span>Tier</span>
        <span>Acknowledged</span>
      </div>
      <ul aria-label={label}>
        {incidents.map((incident) => (
          <li
            key={incident.id}
            class={`${incident.severity} ${incident.status} ${fresh?.has(incident.id) ? 'fresh' : ''}`}
          >
            <Row incident={incident} now={now} past={past} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Row({ incident, now, past }: { incident: ListedIncident; now: number; past: boolean }) {
  const { openedAt, resolvedAt, firing, total, tier, acknowledgedBy } = incident;
  const open = incident.status === 'open';
  return (
    <>
      <span class="cell-severity">
        <SeverityBadge severity={incident.severity} />
      </span>
      <span class="cell-alert">
        <Link to={{ page: 'incident', id: incident.id }} class="name">
          <AlertName name={incident.alertname} />
        </Link>
        <span class="group">
          {[...groupLabels(incident), incident.category, incident.source].filter(Boolean).join(' · ')}
          {incident.flapped && ' · flapped'}
        </span>
      </span>
      {past && (
        <span class="cell-opened number">
          <span class="hidden">opened </span>
          <Time at={openedAt} />
        </span>
      )}
      <span class="cell-lasted number">
        {past && open ? (
          <span class="still">open </span>
        ) : (
          <span class="word">{open ? 'open for ' : 'lasted '}</span>
        )}
        {between(openedAt, resolvedAt ?? now)}
      </span>
      <span class="cell-alerts number">
        {open && firing !== total ? `${firing} of ${total}` : total}
        <span class="word"> {total === 1 ? 'alert' : 'alerts'}</span>
      </span>
      <span class={`cell-tier tier-${tier}`}>{tier > 0 ? `L${tier}` : <Nothing what="no tier" />}</span>
      <span class="cell-ack">
        {acknowledgedBy === undefined ? (
          <Nothing what={open ? 'not acknowledged' : 'never acknowledged'} />
        ) : (
          <>
            <span class="word">acknowledged by </span>
            {acknowledgedBy}
          </>
        )}
      </span>
    </>
  );
}

/** `service=api, pod=x`; the alertname has a column of its own. */
function groupLabels({ group }: ListedIncident): string[] {
  return Object.entries(group)
    .filter(([name]) => name !== 'alertname')
    .map(([name, value]) => `${name}=${value}`);
}

function Nothing({ what }: { what: string }) {
  return (
    <span class="nothing">
      <span aria-hidden="true">–</span>
      <span class="hidden">{what}</span>
    </span>
  );
}
