import type { AlertDetail } from '../../core/alert/alert.ts';
import type { DeliveryRecord } from '../../core/delivery/delivery.ts';
import type { OpenIncident, OtherIncidents, PreviousEpisode } from '../../core/diagnosis/findings/context.ts';
import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import { buildTimeline } from '../../core/history/build-timeline.ts';
import {
  type IncidentHistory,
  type IncidentRecord,
  takeFirstWithin,
  takeLastWithin,
} from '../../core/history/history.ts';
import { redactRecord } from '../../core/history/redact-record.ts';
import { toSummary } from '../../core/history/summary.ts';
import type { TimelineItem } from '../../core/history/timeline.ts';
import { type AlertState, isAlertFiring, isCounted } from '../../core/incident/alert-state.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { selectCurrentDetails } from '../../core/incident/status.ts';
import { listLinks, type NamedLink, nameLinks } from '../../core/notice/notice-links.ts';
import { findWorstDetail } from '../../core/notice/shown-alerts.ts';
import { findRunbook } from '../../core/runbook/find-runbook.ts';
import { type RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Severity } from '../../core/shared/severity.ts';
import { formatIso } from '../../core/shared/time.ts';
import { type ListedIncident, toListedIncident } from './list-incidents.ts';

/** One alert of the incident. Labels are absent if only the fingerprint is stored. */
export type ShownAlert = {
  fingerprint: string;
  status: 'firing' | 'resolved';
  severity: Severity;
  /** The severity label, if severities.yaml does not know it. */
  unknownSeverity?: string;
  startsAt: string;
  endsAt?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  generatorURL?: string;
};

/** A stored value with its times as ISO 8601 in UTC. */
type WithTimes<T, Times extends keyof T> = Omit<T, Times> & Record<Times, string>;

type ShownDiagnosis = Omit<
  WithTimes<Diagnosis, 'startedAt' | 'finishedAt'>,
  'previousEpisode' | 'otherIncidents'
> & {
  previousEpisode?: Omit<PreviousEpisode, 'openedAt' | 'resolvedAt'> & {
    openedAt: string;
    resolvedAt?: string;
  };
  otherIncidents?: Omit<OtherIncidents, 'incidents'> & { incidents: WithTimes<OpenIncident, 'openedAt'>[] };
};

export type ShownIncident = {
  incident: ListedIncident & {
    /** The version to send as `asOf` with an acknowledgement. */
    version: number;
    acknowledgementNote?: string;
    resolution?: Incident['resolution'];
    resolvedBy?: string;
    flapping: boolean;
    lastSeenAt: string;
    /** Alerts in excess of those tracked one by one. */
    untracked: number;
    /** Alertmanager cut alerts off (`max_alerts`): both counts are lower bounds. */
    truncated?: true;
  };
  /** What the alert means; absent without a runbook. */
  runbook?: { summary: string; impact: string; url?: string };
  /** Pages about its alerts, named by where they lead. */
  links: NamedLink[];
  alerts: ShownAlert[];
  diagnoses: ShownDiagnosis[];
  /** Everything that happened, in order. */
  timeline: ShownEntry[];
  deliveries: WithTimes<DeliveryRecord, 'at'>[];
  /**
   * How many of each part are not shown; absent: none. `older`: parts with further items that were not read.
   */
  leftOut?: LeftOut;
};

type ShownEntry = WithTime<TimelineItem>;
type WithTime<Entry> = Entry extends TimelineItem ? WithTimes<Entry, 'at'> : never;

type LeftOut = Partial<Record<'alerts' | 'diagnoses' | 'timeline' | 'deliveries', number>> & {
  older?: IncidentRecord['cut'];
};

/**
 * Bytes that the parts may take as JSON. A Lambda's response ends at 6 MB and holds this JSON as text, so
 * each quote and backslash counts twice: 2.8 MB are 5.6 MB at worst.
 */
const MAX_BYTES = { alerts: 400_000, diagnoses: 1_300_000, timeline: 800_000, deliveries: 300_000 } as const;

/** GET /incidents/{id}. Undefined if the incident does not exist or never fired. */
export async function showIncident(
  ports: { history: Pick<IncidentHistory, 'record'>; catalog: RunbookCatalog },
  id: string,
): Promise<ShownIncident | undefined> {
  const record = await ports.history.record(id);
  if (!record || record.incident.neverFired) return undefined;
  const redacted = redactRecord(record);
  const { incident } = redacted;
  const { shown, leftOut } = selectParts(redacted);
  return {
    incident: {
      ...toListedIncident(toSummary(incident)),
      version: incident.version,
      acknowledgementNote: incident.ack?.note,
      resolution: incident.resolution,
      resolvedBy: incident.resolvedBy,
      flapping: incident.flapping.since !== undefined,
      lastSeenAt: formatIso(incident.lastSeenAt),
      untracked: incident.overflow,
      truncated: incident.truncation === undefined || incident.status !== 'open' ? undefined : true,
    },
    runbook: getMeaning(ports.catalog, record.incident),
    links: listIncidentLinks(ports.catalog, record),
    ...shown,
    leftOut: Object.keys(leftOut).length === 0 ? undefined : leftOut,
  };
}

/** From the current runbook, even for an old incident. */
function getMeaning(catalog: RunbookCatalog, { alertname }: Incident): ShownIncident['runbook'] {
  const { isDefault, summary, impact, url } = findRunbook(catalog, alertname);
  return isDefault ? undefined : { summary, impact, url };
}

function listIncidentLinks(
  catalog: RunbookCatalog,
  { incident, alerts }: Pick<IncidentRecord, 'incident' | 'alerts'>,
): NamedLink[] {
  const links = listLinks({
    incident,
    current: selectCurrentDetails(incident, alerts),
    worst: findWorstDetail(incident, alerts),
    runbookUrl: findRunbook(catalog, incident.alertname).url,
    // The reader is on its page already.
    publicUrl: undefined,
  });
  return nameLinks(links);
}

/** The newest of everything; of the alerts the most important. */
function selectParts(record: IncidentRecord) {
  const { incident, diagnoses, deliveries, diagnosisSummaries } = record;
  const alerts = listShownAlerts(record);
  const timeline = buildTimeline(record);
  const shown = {
    alerts: takeFirstWithin(alerts, MAX_BYTES.alerts),
    diagnoses: takeLastWithin(diagnoses.map(toShownDiagnosis), MAX_BYTES.diagnoses),
    timeline: takeLastWithin(timeline.map(toShownEntry), MAX_BYTES.timeline),
    deliveries: takeLastWithin(
      deliveries.map((delivery) => ({ ...delivery, at: formatIso(delivery.at) })),
      MAX_BYTES.deliveries,
    ),
  };
  const all = {
    alerts: incident.alerts.filter(isCounted).length,
    diagnoses: Math.max(diagnosisSummaries.length, diagnoses.length),
    timeline: timeline.length,
    deliveries: deliveries.length,
  };
  const leftOut: LeftOut = record.cut.length === 0 ? {} : { older: record.cut };
  for (const part of ['alerts', 'diagnoses', 'timeline', 'deliveries'] as const) {
    const missing = all[part] - shown[part].length;
    if (missing > 0) leftOut[part] = missing;
  }
  return { shown, leftOut };
}

function toShownEntry(entry: TimelineItem): ShownEntry {
  return { ...entry, at: formatIso(entry.at) };
}

function toShownDiagnosis({ previousEpisode, otherIncidents, ...diagnosis }: Diagnosis): ShownDiagnosis {
  return {
    ...diagnosis,
    startedAt: formatIso(diagnosis.startedAt),
    finishedAt: formatIso(diagnosis.finishedAt),
    previousEpisode: previousEpisode && toShownPreviousEpisode(previousEpisode),
    otherIncidents: otherIncidents && {
      ...otherIncidents,
      incidents: otherIncidents.incidents.map((each) => ({ ...each, openedAt: formatIso(each.openedAt) })),
    },
  };
}

function toShownPreviousEpisode({
  openedAt,
  resolvedAt,
  ...previousEpisode
}: PreviousEpisode): NonNullable<ShownDiagnosis['previousEpisode']> {
  return {
    ...previousEpisode,
    openedAt: formatIso(openedAt),
    resolvedAt: formatIso(resolvedAt),
  };
}

/** Firing alerts first, then those with known labels, without those carried over from an earlier episode. */
function listShownAlerts({ incident, alerts }: Pick<IncidentRecord, 'incident' | 'alerts'>): ShownAlert[] {
  const details = new Map(alerts.map((detail) => [detail.fingerprint, detail]));
  const rank = (alert: AlertState) =>
    (isAlertFiring(alert) ? 0 : 2) + (details.has(alert.fingerprint) ? 0 : 1);
  return incident.alerts
    .filter(isCounted)
    .toSorted((a, b) => rank(a) - rank(b) || a.startsAt - b.startsAt)
    .map((alert) => toShownAlert(alert, details.get(alert.fingerprint)));
}

function toShownAlert(alert: AlertState, detail: AlertDetail | undefined): ShownAlert {
  const firing = isAlertFiring(alert);
  return {
    fingerprint: alert.fingerprint,
    status: firing ? 'firing' : 'resolved',
    severity: alert.severity,
    startsAt: formatIso(alert.startsAt),
    endsAt: firing || alert.endsAt === 0 ? undefined : formatIso(alert.endsAt),
    unknownSeverity: detail?.unknownSeverity,
    labels: detail?.labels,
    annotations: detail?.annotations,
    generatorURL: detail?.generatorURL,
  };
}
