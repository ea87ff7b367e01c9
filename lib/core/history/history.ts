import type { AlertDetail } from '../alert/alert.ts';
import type { DeliveryRecord } from '../delivery/delivery.ts';
import type { DiagnosisSummary } from '../diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import type { AlertMoves, NoticeReason } from '../incident/effect.ts';
import type { Incident, IncidentStatus } from '../incident/incident.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';

/** One line of what happened, in order of `seq`. `what` is the effect's reason, or `recorded`. */
export type TimelineEntry = {
  id: string;
  seq: number;
  at: Millis;
  what: NoticeReason | 'recorded';
  summary: string;
  by?: string;
  note?: string;
  /** Which alerts came and went with it. Absent, as the tier, in entries of the version before. */
  moves?: AlertMoves;
  tier?: Tier;
  /** What its alerts said of themselves, where that was news; the first of them. */
  texts?: AlertText[];
};

/** What an alert said of itself, in one line. */
export type AlertText = { fingerprint: string; text: string };

/** What the indexes project: under 1 KB. */
export type IncidentSummary = {
  id: string;
  source: string;
  alertname: string;
  group: Record<string, string>;
  status: IncidentStatus;
  severity: Severity;
  openedAt: Millis;
  resolvedAt?: Millis;
  acknowledgedAt?: Millis;
  acknowledgedBy?: string;
  firing: number;
  total: number;
  tier: number;
  category?: string;
  /** An acknowledgement can be cleared by a reopen; this stays. */
  firstAcknowledgedAt?: Millis;
  flapped?: true;
  /** Notices that were to interrupt the people of L1, L2 and L3; absent: none. */
  pages?: [number, number, number];
};

export type IncidentQuery = {
  status?: IncidentStatus;
  alertname?: string;
  severity?: Severity;
  source?: string;
  category?: string;
  /** Opened at or after / before. */
  from: Millis;
  to: Millis;
  limit: number;
  /** Position to go on from: strictly older than this. */
  after?: ListPosition;
};

/** A place in the order of listings. There need not be an incident at it. */
export type ListPosition = { openedAt: Millis; id: string };

/** `next`: where to go on; absent at the end. */
export type IncidentList = { incidents: IncidentSummary[]; next?: ListPosition };

/** How many entries of an index one page looks at, at most, however few of them pass its filters. */
export const MOST_EXAMINED = 1_000;

export type IncidentRecord = {
  incident: Incident;
  alerts: AlertDetail[];
  /** All diagnoses in short, and of those the first and the newest whole; oldest first. */
  diagnosisSummaries: DiagnosisSummary[];
  diagnoses: Diagnosis[];
  timeline: TimelineEntry[];
  deliveries: DeliveryRecord[];
  /** Of what there are more than `recordLimits`: only the newest are here. */
  cut: ('diagnosisSummaries' | 'timeline' | 'deliveries')[];
};

/** What one read of an incident brings at most; an incident that flaps for weeks has more of everything. */
export const recordLimits = {
  diagnosisSummaries: 500,
  diagnoses: 20,
  timeline: 1_000,
  deliveries: 1_000,
} as const;

/** As many as a bounded read finds; phantom episodes are left out. `complete` unless there may be others. */
export type SomeIncidents = { incidents: IncidentSummary[]; complete: boolean };

/** What the consumers write beside the state item, and what people read. Every write is idempotent. */
export interface IncidentHistory {
  /** Merges by fingerprint; keeps the first within 200 KB. */
  addDetails(incidentId: string, details: AlertDetail[]): Promise<void>;
  details(incidentId: string): Promise<AlertDetail[]>;
  addTimeline(incidentId: string, entry: TimelineEntry): Promise<void>;
  /** The first diagnosis stored under an id wins; returns the stored one. */
  addDiagnosis(diagnosis: Diagnosis): Promise<Diagnosis>;
  diagnosis(incidentId: string, id: string): Promise<Diagnosis | undefined>;
  /** All diagnoses in short, oldest first; of very many the newest. */
  diagnosisSummaries(incidentId: string): Promise<DiagnosisSummary[]>;
  /** Those of these ids that there are, oldest first. */
  diagnoses(incidentId: string, ids: string[]): Promise<Diagnosis[]>;
  /** Everything about it, within `recordLimits`. */
  record(incidentId: string): Promise<IncidentRecord | undefined>;
  /**
   * One page, newest first; phantom episodes are left out. The work of a page is bounded, so that it may hold fewer
   * than `limit`, even none, and have a `next`. An incident that is there and matches from the first page to the last
   * is in exactly one of them.
   */
  list(query: IncidentQuery): Promise<IncidentList>;
  /** Episodes of the same key before this one, newest first: one read, of the newest `limit`. */
  earlier(incidentId: string, limit: number): Promise<SomeIncidents>;
  /** What is open at a source, in no order: one read of every shard, the newest `limit` entries of all sources. */
  open(source: string, limit: number): Promise<SomeIncidents>;
}

/** Authenticated bodies that could not be read: kept, counted, listed. */
export type QuarantinedWebhook = { id: string; source: string; at: Millis; reason: string; body: string };

export interface Quarantine {
  add(entry: QuarantinedWebhook): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<QuarantinedWebhook[]>;
}

/** So many of a list, from its start, as take at most `maxBytes` as JSON; a gap ends it. */
export function takeFirstWithin<T>(list: T[], maxBytes: number): T[] {
  let bytes = 2;
  for (const [at, each] of list.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(each)) + 1;
    if (bytes > maxBytes) return list.slice(0, at);
  }
  return list;
}

/** The same from its end, in the list's order. */
export function takeLastWithin<T>(list: T[], maxBytes: number): T[] {
  return takeFirstWithin(list.toReversed(), maxBytes).toReversed();
}
