import type { AlertDetail } from '../alert/alert.ts';
import { getAlertDescription, getAlertText } from '../alert/alert-text.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import { type AlertState, isAlertFiring, isCounted } from '../incident/alert-state.ts';
import type { Incident } from '../incident/incident.ts';
import { countAlerts, selectCurrentDetails } from '../incident/status.ts';
import { redact } from '../redaction/redact.ts';
import { redactNamedText } from '../redaction/redact-texts.ts';
import { clip, clipMiddle, toOneLine } from '../shared/plain-text.ts';
import { getSeverityRank, type Severity } from '../shared/severity.ts';
import { MINUTE, type Millis } from '../shared/time.ts';
import type { Notice } from './notice.ts';

/** More rows than any channel shows; further alerts are counted. */
const MAX_SHOWN = 50;
const MAX_LABELS = 12;
const MAX_LABEL = 120;

/** Alertmanager's default group_interval, which delays new alerts of a known group, twice. */
const NOTABLY_LONGER = 10 * MINUTE;

/** Labels that every notice has in its title or heading. */
const SHOWN_ELSEWHERE = new Set(['alertname', 'severity']);

/**
 * An incident's alerts for a notice, worst first: firing before resolved, then by severity, then the longest
 * firing. Labels that all share are listed once; each row has only the labels that set it apart.
 */
export function selectShownAlerts(incident: Incident, details: AlertDetail[]): Notice['alerts'] {
  const { firing, total, cutOff } = countAlerts(incident);
  const byFingerprint = new Map(details.map((detail) => [detail.fingerprint, detail]));
  const known = incident.alerts
    .filter(isCounted)
    .toSorted(worstFirst)
    .flatMap((alert) => {
      const detail = byFingerprint.get(alert.fingerprint);
      return detail ? [{ alert, detail }] : [];
    });
  const common = findSharedLabels(known.map(({ detail }) => detail.labels));
  const now = known.filter(({ alert }) => firing === 0 || isAlertFiring(alert));
  const setsApart = (name: string) => getLabel(common, name) === undefined;
  const bySeverityOnly = known.every(
    ({ detail }) => Object.keys(labelsToShow(detail.labels, setsApart)).length === 0,
  );
  const shown = known.slice(0, MAX_SHOWN).map(({ alert, detail }) => ({
    labels: labelsToShow(detail.labels, setsApart, bySeverityOnly),
    severity: alert.severity,
    text: getAlertText(detail),
    description: getAlertDescription(detail) || undefined,
    firing: isAlertFiring(alert),
    startsAt: alert.startsAt,
  }));

  return {
    firing,
    total,
    cutOff,
    cutOffListed: cutOff !== undefined && isListed(incident) ? true : undefined,
    common: labelsToShow(
      findSharedLabels(now.map(({ detail }) => detail.labels)),
      (name) => getLabel(incident.group, name) === undefined,
    ),
    shown,
    omitted: Math.max(0, total - shown.length),
  };
}

/** The alert whose links and annotations represent the incident: a firing one, if any fires. */
export function findWorstDetail(incident: Incident, details: AlertDetail[]): AlertDetail | undefined {
  const about = selectCurrentDetails(incident, details);
  for (const alert of incident.alerts.filter(isCounted).toSorted(worstFirst)) {
    const detail = about.find((each) => each.fingerprint === alert.fingerprint);
    if (detail) return detail;
  }
  return about[0];
}

/** The start of the longest firing alert, if it is notably earlier than `openedAt`. */
export function findFiringSince({ alerts, openedAt }: Incident): Millis | undefined {
  const starts = alerts.flatMap((alert) => (isAlertFiring(alert) ? alert.startsAt : []));
  const since = starts.reduce((first, start) => Math.min(first, start), openedAt);
  return openedAt - since > NOTABLY_LONGER ? since : undefined;
}

/** Severity labels of firing alerts that severities.yaml does not know, worst first. */
export function listUnknownSeverities(
  incident: Incident,
  details: AlertDetail[],
): Notice['unknownSeverities'] {
  const byFingerprint = new Map(details.map((detail) => [detail.fingerprint, detail]));
  const words = new Map<string, Severity>();
  for (const alert of incident.alerts.toSorted(worstFirst)) {
    const written = byFingerprint.get(alert.fingerprint)?.unknownSeverity;
    if (written === undefined || !isAlertFiring(alert) || words.has(written)) continue;
    words.set(written, alert.severity);
  }
  return words.size === 0 ? undefined : [...words].map(([written, takenFor]) => ({ written, takenFor }));
}

function worstFirst(a: AlertState, b: AlertState): number {
  return (
    Number(isAlertFiring(b)) - Number(isAlertFiring(a)) ||
    getSeverityRank(b.severity) - getSeverityRank(a.severity) ||
    a.startsAt - b.startsAt ||
    (a.fingerprint < b.fingerprint ? -1 : 1)
  );
}

function labelsToShow(
  labels: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean,
  withSeverity = false,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(
        ([name, value]) =>
          (!SHOWN_ELSEWHERE.has(name) || (withSeverity && name === 'severity')) &&
          value !== '' &&
          wanted(name),
      )
      .slice(0, MAX_LABELS)
      .map(([name, value]) => [
        clip(redact(toOneLine(name)), MAX_LABEL),
        clipMiddle(toOneLine(redactNamedText(name, value)), MAX_LABEL),
      ]),
  );
}

/** Whether Alertmanager has been asked for what it cut off since its last webhook, or the incident is of that list itself. */
function isListed({ reconcile: { askedAt = 0 }, lastSeenAt, truncation }: Incident): boolean {
  return askedAt > lastSeenAt || truncation?.listed === true;
}
