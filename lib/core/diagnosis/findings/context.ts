import type { Severity } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';

/**
 * What is known about an incident in addition to its checks. `unread` names parts that could not be read in
 * time.
 */
export type DiagnosisContext = {
  /** Also absent when there was no earlier episode. */
  previousEpisode?: PreviousEpisode;
  otherIncidents?: OtherIncidents;
  /** `earlier episodes`, `other open incidents`. */
  unread?: string[];
};

/** The episode before this one: what an engineer would ask the person who was on call then. */
export type PreviousEpisode = {
  incidentId: string;
  openedAt: Millis;
  /** Absent if its end was never recorded. */
  resolvedAt?: Millis;
  acknowledgedBy?: string;
  /** What needed attention then, as first found and in that order; at most five. */
  findings: { stepId: string; title: string; sentence: string }[];
  /** Episodes in the last 30 days, without this one; `atLeast` if not all were read. */
  recent: { count: number; atLeast: boolean };
};

/**
 * Other open incidents of the source: the most severe, then the newest, at most five. `more` counts the
 * others; `atLeast` if not all were read.
 */
export type OtherIncidents = { incidents: OpenIncident[]; more: number; atLeast: boolean };

export type OpenIncident = {
  id: string;
  alertname: string;
  /** Grouping labels other than alertname. */
  group: Record<string, string>;
  severity: Severity;
  openedAt: Millis;
};
