import type { AlertDetail } from '../alert/alert.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import type { AlertState, Incident } from '../incident/incident.ts';
import { countAlerts, selectCurrentDetails } from '../incident/status.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { getSeverityRank, type Severity } from '../shared/severity.ts';
import { MINUTE } from '../shared/time.ts';
import type { Notice } from './notice.ts';

/** More rows than any channel shows; the rest is counted. */
const MAX_SHOWN = 50;
const MAX_TEXT = 500;
const MAX_LABELS = 12;
const MAX_LABEL = 120;

/** Alertmanager's default group_interval, by which it tells of an alert of a known group late, and as much again. */
const NOTABLY_LONGER = 10 * MINUTE;

/** What every notice says in its title or heading already. */
const saidElsewhere = new Set(['alertname', 'severity']);

/**
 * The alerts of an incident for a notice, worst first: firing before resolved, then by severity, then the
 * longest firing. Labels that all of them share are named once; a row has only what tells it from its neighbours.
 */
export function selectShownAlerts(incident: Incident, details: AlertDetail[]): Notice['alerts'] {
  const { firing, total, cutOff } = countAlerts(incident);
  const byFingerprint = new Map(details.map((detail) => [detail.fingerprint, detail]));
  const known = incident.alerts
    .filter((alert) => !alert.carriedOver)
    .toSorted(worstFirst)
    .flatMap((alert) => {
      const detail = byFingerprint.get(alert.fingerprint);
      return detail ? [{ alert, detail }] : [];
    });
  const common = findSharedLabels(known.map(({ detail }) => detail.labels));
  const now = known.filter(({ alert }) => firing === 0 || (alert.firing && !alert.unconfirmed));
  const shown = known.slice(0, MAX_SHOWN).map(({ alert, detail }) => ({
    labels: labelsToShow(detail.labels, (name) => getLabel(common, name) === undefined),
    text: getAlertText(detail),
    firing: alert.firing && !alert.unconfirmed,
    startsAt: alert.startsAt,
  }));

  return {
    firing,
    total,
    ...(cutOff === undefined ? {} : { cutOff }),
    ...(cutOff !== undefined && isListed(incident) ? { cutOffListed: true as const } : {}),
    common: labelsToShow(
      findSharedLabels(now.map(({ detail }) => detail.labels)),
      (name) => getLabel(incident.group, name) === undefined,
    ),
    shown,
    omitted: Math.max(0, total - shown.length),
  };
}

/** The alert whose links and annotations stand for the incident: one that fires, as long as any does. */
export function findWorstDetail(incident: Incident, details: AlertDetail[]): AlertDetail | undefined {
  const about = selectCurrentDetails(incident, details);
  for (const alert of incident.alerts.filter((each) => !each.carriedOver).toSorted(worstFirst)) {
    const detail = about.find((each) => each.fingerprint === alert.fingerprint);
    if (detail) return detail;
  }
  return about[0];
}

/** Since when the longest firing alert fires, where we have known of the incident for notably less. */
export function findFiringSince({ alerts, openedAt }: Incident): Pick<Notice, 'firingSince'> {
  const starts = alerts.flatMap((alert) => (alert.firing && !alert.unconfirmed ? alert.startsAt : []));
  const since = starts.reduce((first, start) => Math.min(first, start), openedAt);
  return openedAt - since > NOTABLY_LONGER ? { firingSince: since } : {};
}

/** What alerts that fire say of their severity in words that severities.yaml does not know, the worst first. */
export function listUnknownSeverities(
  incident: Incident,
  details: AlertDetail[],
): Pick<Notice, 'unknownSeverities'> {
  const byFingerprint = new Map(details.map((detail) => [detail.fingerprint, detail]));
  const words = new Map<string, Severity>();
  for (const alert of incident.alerts.toSorted(worstFirst)) {
    const written = byFingerprint.get(alert.fingerprint)?.unknownSeverity;
    if (written === undefined || !alert.firing || alert.unconfirmed || words.has(written)) continue;
    words.set(written, alert.severity);
  }
  if (words.size === 0) return {};
  return { unknownSeverities: [...words].map(([written, takenFor]) => ({ written, takenFor })) };
}

function worstFirst(a: AlertState, b: AlertState): number {
  return (
    Number(b.firing && !b.unconfirmed) - Number(a.firing && !a.unconfirmed) ||
    getSeverityRank(b.severity) - getSeverityRank(a.severity) ||
    a.startsAt - b.startsAt ||
    (a.fingerprint < b.fingerprint ? -1 : 1)
  );
}

function labelsToShow(
  labels: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([name, value]) => !saidElsewhere.has(name) && value !== '' && wanted(name))
      .slice(0, MAX_LABELS)
      .map(([name, value]) => [clip(toOneLine(name), MAX_LABEL), clip(toOneLine(value), MAX_LABEL)]),
  );
}

/** What an alert's annotations say of it, on one line; empty when they say nothing. */
export function getAlertText(detail: AlertDetail): string {
  const { summary, message, description } = detail.annotations;
  return clip(toOneLine(summary || message || description || ''), MAX_TEXT);
}

/** Whether Alertmanager has been asked for what it cut off since its last webhook, or the incident is of that list itself. */
function isListed({ askedAt = 0, lastSeenAt, truncation }: Incident): boolean {
  return askedAt > lastSeenAt || truncation?.listed === true;
}
