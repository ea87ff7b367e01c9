import type { Alert, AlertDetail, GrafanaLinks, Webhook } from '../alert/alert.ts';
import { formatIdentity } from '../alert/fingerprint.ts';
import { getLabel } from '../alert/labels.ts';
import { findRunbook, getWatchedLabel } from '../runbook/find-runbook.ts';
import { type Runbook, type RunbookCatalog } from '../runbook/runbook.ts';
import { clip } from '../shared/clip.ts';
import { hashSha256 } from '../shared/hash.ts';
import { readSeverity } from './map-severity.ts';
import type { IncidentIdentity, ObservedAlert } from './observed-alert.ts';

/** Alertmanager's API accepts alerts without this label; they share one incident. */
export const NO_ALERTNAME = '(no alertname)';

const KEY_DIGITS = 32;
const MAX_LABEL_VALUE = 1_024;
const MAX_ANNOTATION = 2_048;
const MAX_LABELS = 64;

/** The alerts of a webhook that belong to one incident. */
export type AlertGroup = {
  identity: IncidentIdentity;
  /**
   * Keys that earlier group_by lists gave these alerts, in the runbook's order; the same for all of them. An
   * incident that was opened under one of these keys keeps receiving them.
   */
  previousKeys: string[];
  alerts: ObservedAlert[];
};

/**
 * Splits alerts by incident key: source, alertname and the runbook's `group_by` values. While the runbook
 * lists an earlier group_by, alerts of one key are split further by their earlier keys.
 */
export function groupAlerts(
  catalog: RunbookCatalog,
  alerts: Alert[],
  { externalURL, sentBy }: Pick<Webhook, 'externalURL' | 'sentBy'>,
): AlertGroup[] {
  const byKeys = new Map<string, AlertGroup>();
  for (const alert of alerts) {
    const { source, labels } = alert;
    const alertname = getAlertname(labels);
    const runbook = findRunbook(catalog, alertname);
    const [key, ...previousKeys] = computeKeys(source, alertname, labels, runbook);
    const joinedKeys = [key, ...previousKeys].join(' ');
    let entry = byKeys.get(joinedKeys);
    if (entry === undefined) {
      const group = pickGroup(labels, runbook.groupBy);
      const { category } = runbook;
      const identity = { key, source, alertname, group, category, externalURL, sentBy };
      entry = { identity, previousKeys, alerts: [] };
      byKeys.set(joinedKeys, entry);
    }
    entry.alerts.push(toObservedAlert(catalog, runbook, alert));
  }
  return [...byKeys.values()];
}

/** Keys of the incidents that may hold an alert with these labels: by the runbook's group_by, then by earlier ones. */
export function listIncidentKeys(
  catalog: RunbookCatalog,
  source: string,
  labels: Readonly<Record<string, string>>,
): string[] {
  const alertname = getAlertname(labels);
  return computeKeys(source, alertname, labels, findRunbook(catalog, alertname));
}

/** Reduces one alert to the fields that the state machine compares. */
export function toObservedAlert(catalog: RunbookCatalog, runbook: Runbook, alert: Alert): ObservedAlert {
  const watched = getWatchedLabel(runbook);
  const watchedValue = watched === undefined ? undefined : getLabel(alert.labels, watched);
  const { severity, unknown } = readSeverity(catalog, runbook, alert.labels);
  return {
    fingerprint: alert.fingerprint,
    identity: formatIdentity(alert.labels),
    status: alert.status,
    severity,
    startsAt: alert.startsAt,
    endsAt: alert.endsAt,
    watchedValue,
    detail: { ...toDetail(alert), unknownSeverity: unknown },
  };
}

/** The details to store. Long values are cut, so that one alert of 100 kB cannot crowd out the others. */
function toDetail(alert: Alert): AlertDetail {
  return {
    fingerprint: alert.fingerprint,
    labels: clipValues(alert.labels, MAX_LABEL_VALUE),
    annotations: clipValues(alert.annotations, MAX_ANNOTATION),
    generatorURL: clip(alert.generatorURL, MAX_ANNOTATION),
    startsAt: alert.startsAt,
    ...clipGrafanaLinks(alert),
  };
}

/** Absent where there is none: every stored byte is paid for. */
function clipGrafanaLinks({ silenceURL, dashboardURL, panelURL }: GrafanaLinks): GrafanaLinks {
  const links = Object.entries({ silenceURL, dashboardURL, panelURL });
  return Object.fromEntries(
    links.flatMap(([name, url]) => (url === undefined ? [] : [[name, clip(url, MAX_ANNOTATION)]])),
  );
}

function clipValues(values: Readonly<Record<string, string>>, max: number): Record<string, string> {
  const entries = Object.entries(values).slice(0, MAX_LABELS);
  return Object.fromEntries(entries.map(([name, value]) => [name, clip(value, max)]));
}

function getAlertname(labels: Readonly<Record<string, string>>): string {
  return getLabel(labels, 'alertname') || NO_ALERTNAME;
}

function pickGroup(labels: Readonly<Record<string, string>>, groupBy: string[]): Record<string, string> {
  const names = groupBy.filter((name) => name !== 'alertname' && name !== 'severity');
  return Object.fromEntries(names.map((name) => [name, getLabel(labels, name) ?? '']));
}

function computeKeys(
  source: string,
  alertname: string,
  labels: Readonly<Record<string, string>>,
  runbook: Runbook,
): [string, ...string[]] {
  const keyBy = (groupBy: string[]) => computeKey(source, alertname, pickGroup(labels, groupBy));
  return [keyBy(runbook.groupBy), ...runbook.previousGroupBy.map(keyBy)];
}

/** Unambiguous for any label value, because JSON quotes them. */
function computeKey(source: string, alertname: string, group: Record<string, string>): string {
  const sorted = Object.entries(group).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hashSha256(JSON.stringify([source, alertname, sorted]), KEY_DIGITS);
}
