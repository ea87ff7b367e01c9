import { readFingerprint } from '../alert/fingerprint.ts';
import { computeListedReceiverId } from '../alert/webhook-group.ts';
import { listIncidentKeys, toObservedAlert } from '../grouping/group-alerts.ts';
import type { AlertmanagerStatus } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { findRunbook } from '../runbook/find-runbook.ts';
import { type RunbookCatalog } from '../runbook/runbook.ts';
import type { ActiveAlert } from './checks/probe.ts';

/** One answer of Alertmanager's API, which serves many incidents. */
export type ActiveSet = {
  get(fingerprint: string): ActiveAlert | undefined;
  /** The alerts that belong to the incident with this key. */
  ofKey(key: string): ActiveAlert[];
};

/** Hashes keys once for all incidents, and only if an incident needs them. */
export function createActiveSet(catalog: RunbookCatalog, source: string, alerts: ActiveAlert[]): ActiveSet {
  const byFingerprint = new Map(
    alerts.map((alert) => {
      const fingerprint = readFingerprint(alert);
      return [fingerprint, { ...alert, fingerprint }] as const;
    }),
  );
  let byKey: Map<string, ActiveAlert[]> | undefined;
  return {
    get: (fingerprint) => byFingerprint.get(fingerprint),
    ofKey(key) {
      if (byKey === undefined) {
        byKey = new Map();
        for (const alert of byFingerprint.values()) {
          for (const alertKey of new Set(listIncidentKeys(catalog, source, alert.labels))) {
            const sameKey = byKey.get(alertKey);
            if (sameKey === undefined) byKey.set(alertKey, [alert]);
            else sameKey.push(alert);
          }
        }
      }
      return byKey.get(key) ?? [];
    },
  };
}

/**
 * What an answer says about one incident's alerts. Untracked and cut-off alerts are matched by key. Cut-off
 * alerts are also matched by receiver: an alert that Alertmanager routes only elsewhere pages nobody here.
 */
export function toAlertmanagerStatus(
  catalog: RunbookCatalog,
  incident: Incident,
  answer: ActiveSet,
): AlertmanagerStatus {
  const hasUntracked = incident.overflow > 0 || incident.truncation !== undefined;
  const isRoutedHere = createReceiverFilter(incident);
  const tracked = incident.alerts.flatMap(({ fingerprint }) => answer.get(fingerprint) ?? []);
  const ours = [
    ...new Set([...tracked, ...(hasUntracked ? answer.ofKey(incident.key).filter(isRoutedHere) : [])]),
  ];
  const active = ours.filter(({ state }) => state !== 'suppressed');
  return {
    kind: 'answer',
    active: active.map(({ fingerprint }) => fingerprint),
    suppressed: ours.filter(({ state }) => state === 'suppressed').map(({ fingerprint }) => fingerprint),
    ...(incident.truncation === undefined ? {} : { cutOff: listCutOffAlerts(catalog, incident, active) }),
  };
}

/** In the form in which a webhook would have reported them. */
function listCutOffAlerts(
  catalog: RunbookCatalog,
  { source, alertname, alerts }: Incident,
  active: ActiveAlert[],
) {
  const firing = new Set(alerts.flatMap(({ fingerprint, firing }) => (firing ? fingerprint : [])));
  const runbook = findRunbook(catalog, alertname);
  return active
    .filter(({ fingerprint }) => !firing.has(fingerprint))
    .map(({ fingerprint, labels, annotations, generatorURL = '', startsAt }) =>
      toObservedAlert(catalog, runbook, {
        source,
        fingerprint,
        status: 'firing',
        labels,
        annotations,
        startsAt,
        endsAt: 0,
        generatorURL,
      }),
    );
}

/**
 * Accepts every alert if the receivers are unknown: beyond the tracking limit, or if a webhook named none.
 */
function createReceiverFilter({ overflow, truncation }: Incident): (alert: ActiveAlert) => boolean {
  const groups = truncation?.groups ?? [];
  if (overflow > 0 || groups.some(({ receiver }) => receiver === undefined)) return () => true;
  const ours = new Set(groups.map(({ receiver }) => receiver));
  return ({ receivers = [] }) =>
    receivers.length === 0 || receivers.some((name) => ours.has(computeListedReceiverId(name)));
}
