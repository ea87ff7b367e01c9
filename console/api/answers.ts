import type { Evidence, FilledCommand, Finding, Verdict } from '../../lib/core/diagnosis/finding.ts';
import type { Severity } from '../../lib/core/shared/severity.ts';
import type { IncidentPage, ListedIncident } from '../../lib/flow/list-incidents.ts';
import type { ShownAlert, ShownIncident } from '../../lib/flow/show-incident.ts';

/** What the API answers, by the types of the code that makes it, so that a change there is noticed here. */
export type {
  Evidence,
  FilledCommand,
  Finding,
  IncidentPage,
  ListedIncident,
  Severity,
  ShownAlert,
  ShownIncident,
  Verdict,
};

export type ShownDiagnosis = ShownIncident['diagnoses'][number];
export type ShownDelivery = ShownIncident['deliveries'][number];
export type TimelineLine = ShownIncident['timeline'][number];

/** POST /incidents/{id}/acknowledge and /resolve. */
export type ChangeAnswer = { outcome: 'changed' | 'unchanged'; incident: ListedIncident };

/** Seconds; `leftOut` are those that are not acknowledged, or not resolved, yet. */
export type Durations = { medianSeconds?: number; p90Seconds?: number; counted: number; leftOut: number };

export type DayStatistics = {
  day: string;
  incidents: number;
  critical: number;
  warning: number;
  info: number;
  mtta: Durations;
  mttr: Durations;
};

/** GET /stats. */
export type Statistics = {
  from: string;
  to: string;
  tz: string;
  asOf: string;
  incidents: number;
  open: number;
  byDay: DayStatistics[];
  bySeverity: { severity: Severity; incidents: number }[];
  byCategory: { category: string; incidents: number }[];
  byAlertname: { alertname: string; incidents: number; alerts: number }[];
  otherAlertnames: number;
  mtta: Durations;
  mttr: Durations;
  neverAcknowledged: number;
  flapping: number;
  notices: { tier: 1 | 2 | 3; notices: number; people: number; perPersonHour?: number }[];
  diagnoses: { count: number; neededAttention: number };
};
