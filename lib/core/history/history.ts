import type { AlertDetail } from '../alert/alert.ts';
import type { DeliveryRecord } from '../delivery/delivery.ts';
import type { DiagnosisSummary } from '../diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { AlertMoves } from '../incident/effect-schema.ts';
import type { Incident, IncidentStatus } from '../incident/incident.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';

/** One timeline line, ordered by `seq`. `what` is the effect's reason, or `recorded`. */
export type TimelineEntry = {
  id: string;
  seq: number;
  at: Millis;
  what: NoticeReason | 'recorded';
  summary: string;
  by?: string;
  note?: string;
  /** Which alerts began and ended with it; absent: none. */
  moves?: AlertMoves;
  tier: Tier;
  /** New texts of its alerts; the first of them. */
  texts?: AlertText[];
};

/** An alert's own text, in one line. */
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
  /** Kept when a reopen clears the acknowledgement. */
  firstAcknowledgedAt?: Millis;
  flapped?: true;
  /** Notices meant to interrupt the people of L1, L2 and L3; absent: none. */
  pages?: [number, number, number];
};

export type IncidentQuery = {
  status?: IncidentStatus;
  alertname?: string;
  severity?: Severity;
  source?: string;
  category?: string;
  /** `from`: opened at or after; `to`: opened before. */
  from: Millis;
  to: Millis;
  limit: number;
  /** Continues strictly after this position. */
  after?: ListPosition;
};

/** A position in the order of listings, even without an incident at it. */
export type ListPosition = { openedAt: Millis; id: string };

/** `next`: where the next page begins; absent at the end. */
export type IncidentList = { incidents: IncidentSummary[]; next?: ListPosition };

/** How many index entries one page examines at most, however few pass its filters. */
export const MOST_EXAMINED = 1_000;

export type IncidentRecord = {
  incident: Incident;
  alerts: AlertDetail[];
  /** Summaries of all diagnoses, and some whole diagnoses: the first and the newest; oldest first. */
  diagnosisSummaries: DiagnosisSummary[];
  diagnoses: Diagnosis[];
  timeline: TimelineEntry[];
  deliveries: DeliveryRecord[];
  /** Lists longer than `recordLimits`, of which only the newest are here. */
  cut: ('diagnosisSummaries' | 'timeline' | 'deliveries')[];
};

/** What one read of an incident returns at most; an incident that flaps for weeks has more. */
export const recordLimits = {
  diagnosisSummaries: 500,
  diagnoses: 20,
  timeline: 1_000,
  deliveries: 1_000,
} as const;

/** As many as a bounded read finds, without episodes that never fired. `complete`: there are no others. */
export type SomeIncidents = { incidents: IncidentSummary[]; complete: boolean };

/** What the consumers store in addition to the incident, and what people read. Every write is idempotent. */
export interface IncidentHistory {
  /** Merges by fingerprint; keeps the first within 200 KB. */
  addDetails(incidentId: string, details: AlertDetail[]): Promise<void>;
  details(incidentId: string): Promise<AlertDetail[]>;
  addTimeline(incidentId: string, entry: TimelineEntry): Promise<void>;
  /** The first diagnosis stored under an id wins; returns the stored one. */
  addDiagnosis(diagnosis: Diagnosis): Promise<Diagnosis>;
  diagnosis(incidentId: string, id: string): Promise<Diagnosis | undefined>;
  /** Summaries of all diagnoses, oldest first; only the newest if there are very many. */
  diagnosisSummaries(incidentId: string): Promise<DiagnosisSummary[]>;
  /** The stored diagnoses among these ids, oldest first. */
  diagnoses(incidentId: string, ids: string[]): Promise<Diagnosis[]>;
  /** Everything about the incident, within `recordLimits`. */
  record(incidentId: string): Promise<IncidentRecord | undefined>;
  /**
   * One page, newest first, without episodes that never fired. The work per page is bounded, so a page may
   * hold fewer than `limit`, even none, and have a `next`. An incident that matches throughout is in exactly
   * one page.
   */
  list(query: IncidentQuery): Promise<IncidentList>;
  /** Episodes of the same key before this one, newest first: one read of the newest `limit`. */
  earlier(incidentId: string, limit: number): Promise<SomeIncidents>;
  /**
   * Open incidents of a source, in no order: one read per shard, of the newest `limit` entries of all
   * sources.
   */
  open(source: string, limit: number): Promise<SomeIncidents>;
}

/** Authenticated bodies that could not be read: kept, counted, listed. */
export type QuarantinedWebhook = { id: string; source: string; at: Millis; reason: string; body: string };

export interface Quarantine {
  add(entry: QuarantinedWebhook): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<QuarantinedWebhook[]>;
}

/** The longest start of a list that takes at most `maxBytes` as JSON. */
export function takeFirstWithin<T>(list: T[], maxBytes: number): T[] {
  let bytes = 2;
  for (const [at, each] of list.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(each)) + 1;
    if (bytes > maxBytes) return list.slice(0, at);
  }
  return list;
}

/** The longest end of a list, likewise, in the list's order. */
export function takeLastWithin<T>(list: T[], maxBytes: number): T[] {
  return takeFirstWithin(list.toReversed(), maxBytes).toReversed();
}
