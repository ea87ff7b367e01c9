import type { Severity } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';

/** What is known around an incident beside its checks. What could not be read in time is absent and named. */
export type DiagnosisContext = {
  /** Absent as well when there was no earlier episode. */
  previousEpisode?: PreviousEpisode;
  otherIncidents?: OtherIncidents;
  /** `earlier episodes`, `other open incidents`. */
  unread?: string[];
};

/** The episode before this one: what an engineer asks a colleague who was on call then. */
export type PreviousEpisode = {
  incidentId: string;
  openedAt: Millis;
  /** Absent when its end was never recorded. */
  resolvedAt?: Millis;
  acknowledgedBy?: string;
  /** What needed attention then, in the order and the words in which it was first seen; at most five. */
  findings: { stepId: string; title: string; sentence: string }[];
  /** Episodes in the 30 days up to now, this one left out; `atLeast` when there may be more than were read. */
  recent: { count: number; atLeast: boolean };
};

/**
 * Other open incidents of the source: the most severe, then the newest, at most five; `more` counts the others,
 * `atLeast` when there may be more than were read.
 */
export type OtherIncidents = { incidents: OpenIncident[]; more: number; atLeast: boolean };

export type OpenIncident = {
  id: string;
  alertname: string;
  /** Grouping labels beyond alertname. */
  group: Record<string, string>;
  severity: Severity;
  openedAt: Millis;
};
