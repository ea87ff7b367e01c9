import type { AlertDetail } from '../alert/alert.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import { isClipped } from '../shared/clip.ts';
import { isAlertFiring } from './alert-state.ts';
import { type ChangesSince, findChangesSince } from './changes-since.ts';
import type { Incident } from './incident.ts';
import type { SilenceMatcher } from './silencer.ts';
import { countAlerts } from './status.ts';

export type SilencePlan =
  | { kind: 'silence'; matchers: SilenceMatcher[]; covered: number; firing: number }
  /** It would silence alerts that the person has not seen. */
  | { kind: 'grown'; changes: ChangesSince }
  /** No known label identifies these alerts. */
  | { kind: 'nothing-to-match' };

/**
 * The narrowest silence for the firing alerts that were shown. Its matchers are alertname, the grouping
 * labels and every label that these alerts share, as Alertmanager's own button would set. Another severity or
 * another pod is not silenced. If labels of some alerts are unknown, alertname and grouping labels silence
 * the whole incident.
 */
export function planSilence(incident: Incident, details: AlertDetail[], asOf: number): SilencePlan {
  const labelsOf = new Map(details.map(({ fingerprint, labels }) => [fingerprint, labels]));
  const firing = incident.alerts.filter((alert) => isAlertFiring(alert));
  const shown = firing.filter((alert) => alert.joinedSeq <= asOf);
  const known = shown
    .map((alert) => labelsOf.get(alert.fingerprint))
    .filter((labels) => labels !== undefined);
  const allKnown = known.length === shown.length && incident.overflow === 0;

  const named = known.length === 0 || known.some(({ alertname }) => alertname !== undefined);
  const wanted: Record<string, string> = {
    ...(allKnown ? dropClipped(findSharedLabels(known)) : {}),
    ...incident.group,
    alertname: named ? incident.alertname : '',
  };
  const matchers = Object.entries(wanted)
    .map(([name, value]) => ({ name, value }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // Alertmanager compares the whole value, so a value that was cut when stored cannot match.
  const unusable =
    matchers.every(({ value }) => value === '') || matchers.some(({ value }) => isClipped(value));
  if (unusable) return { kind: 'nothing-to-match' };

  const isCovered = (fingerprint: string) => {
    const labels = labelsOf.get(fingerprint);
    return !labels || matchers.every(({ name, value }) => (getLabel(labels, name) ?? '') === value);
  };
  const hasUnnotified = incident.overflow > 0 || incident.truncation !== undefined;
  const unseen = firing.filter((alert) => alert.joinedSeq > asOf && isCovered(alert.fingerprint));
  if (unseen.length > 0 || (shown.length === 0 && !hasUnnotified)) {
    return { kind: 'grown', changes: findChangesSince(incident, asOf) };
  }
  const covered = incident.overflow + firing.filter((alert) => isCovered(alert.fingerprint)).length;
  return { kind: 'silence', matchers, covered, firing: countAlerts(incident).firing };
}

function dropClipped(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => !isClipped(value)));
}
