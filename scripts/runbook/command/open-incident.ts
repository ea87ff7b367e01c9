import type { Alert, AlertDetail, Webhook } from '../../../lib/core/alert/alert.ts';
import { computeFingerprint } from '../../../lib/core/alert/fingerprint.ts';
import { groupAlerts } from '../../../lib/core/grouping/group-alerts.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { transition } from '../../../lib/core/incident/state-machine/transition.ts';
import { findPolicy } from '../../../lib/core/runbook/find-runbook.ts';
import type { Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { type Millis, SECOND } from '../../../lib/core/shared/time.ts';

/** An incident as a webhook opens it, without anything stored or sent. */
export type OpenedIncident = { incident: Incident; effect: Effect; details: AlertDetail[] };

/** Age of an alert that was never sent: Alertmanager's group_wait. */
const BEGAN = 30 * SECOND;

/** The incidents that alerts would open, decided like receive-webhook; none for alerts that do not fire. */
export function openIncidents(
  catalog: RunbookCatalog,
  alerts: Alert[],
  sender: Pick<Webhook, 'externalURL' | 'sentBy'>,
  now: Millis,
): OpenedIncident[] {
  return groupAlerts(catalog, alerts, sender).flatMap(({ identity, alerts: observed }) => {
    const policy = findPolicy(catalog, identity.alertname);
    const event = { type: 'received', identity, alerts: observed } as const;
    const { incident, effects } = transition(undefined, event, now, policy);
    const effect = effects.find(({ kind }) => kind === 'notify');
    if (!incident || !effect) return [];
    return { incident, effect, details: observed.map(({ detail }) => detail) };
  });
}

/** An alert of that name and those labels, firing since half a minute. */
export function firingAlert(source: string, labels: Record<string, string>, now: Millis): Alert {
  return {
    source,
    fingerprint: computeFingerprint(labels),
    status: 'firing',
    labels,
    annotations: {},
    startsAt: now - BEGAN,
    endsAt: 0,
    generatorURL: '',
  };
}

/** Labels of an alert of this runbook; a note names those without a given value. */
export function labelsFor(
  runbook: Runbook,
  given: Readonly<Record<string, string>>,
): { labels: Record<string, string>; notes: string[] } {
  const expected = new Set([...runbook.labels, ...runbook.groupBy.filter((name) => name !== 'alertname')]);
  const made = [...expected].filter((name) => !Object.hasOwn(given, name));
  const labels: Record<string, string> = {
    alertname: runbook.alertname,
    ...Object.fromEntries(made.map((name) => [name, sampleValue(name)])),
    ...given,
  };
  labels['alertname'] = runbook.alertname;
  return { labels, notes: made.length === 0 ? [] : [`No value given for ${made.join(', ')}: made up.`] };
}

/** A valid name everywhere, of nothing that exists. */
function sampleValue(label: string): string {
  return `sample-${label.toLowerCase().replaceAll('_', '-')}`;
}
