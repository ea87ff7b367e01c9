import type { Alert } from '../alert/alert.ts';
import { readFingerprint } from '../alert/fingerprint.ts';
import { computeListedReceiverId } from '../alert/webhook-group.ts';
import { listIncidentKeys, toObservedAlert } from '../grouping/group-alerts.ts';
import { mayAlertFire } from '../incident/alert-state.ts';
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
  all(): Iterable<ActiveAlert>;
};

/** `listed`: what some peers have while others could not be asked. */
export type ActiveAnswer =
  | { kind: 'ok'; value: ActiveSet }
  | { kind: 'failed'; reason: string; listed?: ActiveSet };

/** Keys are hashed once for all incidents, and only if one asks by its key. */
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
    all: () => byFingerprint.values(),
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
  given: ActiveAnswer,
): AlertmanagerStatus {
  if (given.kind === 'ok') return { kind: 'answer', ...readAnswer(catalog, incident, given.value) };
  const { reason: why, listed } = given;
  if (listed === undefined) return { kind: 'unknown', why };
  const { suppressed: _, ...fires } = readAnswer(catalog, incident, listed);
  return { kind: 'unknown', why, ...fires };
}

function readAnswer(catalog: RunbookCatalog, incident: Incident, answer: ActiveSet) {
  const hasUntracked = incident.overflow > 0 || incident.truncation !== undefined;
  const isRoutedHere = createReceiverFilter(incident);
  const tracked = incident.alerts.flatMap(({ fingerprint }) => answer.get(fingerprint) ?? []);
  const ours = [
    ...new Set([...tracked, ...(hasUntracked ? answer.ofKey(incident.key).filter(isRoutedHere) : [])]),
  ];
  const active = ours.filter(({ state }) => state !== 'suppressed');
  // Alertmanager cannot know what Grafana sends: only Grafana's own resolve ends it.
  const grafanas = incident.alerts.filter((alert) => alert.sentBy === 'grafana' && mayAlertFire(alert));
  return {
    active: [...new Set([...active, ...grafanas].map(({ fingerprint }) => fingerprint))],
    suppressed: ours.filter(({ state }) => state === 'suppressed').map(({ fingerprint }) => fingerprint),
    cutOff: incident.truncation === undefined ? undefined : listCutOffAlerts(catalog, incident, active),
  };
}

/**
 * What is active of a receiver, whatever incident it belongs to. Only what Alertmanager says to be routed there: of any
 * other nobody knows whose it is.
 */
export function listActiveOf(source: string, answer: ActiveSet, receiver: string): Alert[] {
  return [...answer.all()]
    .filter(({ state }) => state === 'active')
    .filter(({ receivers = [] }) => receivers.some((name) => computeListedReceiverId(name) === receiver))
    .map((alert) => toAlert(source, alert));
}

function toAlert(source: string, alert: ActiveAlert): Alert {
  const { fingerprint, labels, annotations, generatorURL = '', startsAt } = alert;
  return { source, fingerprint, status: 'firing', labels, annotations, startsAt, endsAt: 0, generatorURL };
}

/** As a webhook would have told them. */
function listCutOffAlerts(
  catalog: RunbookCatalog,
  { source, alertname, alerts }: Incident,
  active: ActiveAlert[],
) {
  const firing = new Set(alerts.filter(mayAlertFire).map(({ fingerprint }) => fingerprint));
  const runbook = findRunbook(catalog, alertname);
  return active
    .filter(({ fingerprint }) => !firing.has(fingerprint))
    .map((alert) => toObservedAlert(catalog, runbook, toAlert(source, alert)));
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
