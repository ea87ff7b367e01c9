import type { Evidence, FilledCommand, Finding, Verdict } from '../../lib/core/diagnosis/findings/finding.ts';
import type { Severity } from '../../lib/core/shared/severity.ts';
import type { DayStatistics, Durations } from '../../lib/core/statistics/statistics.ts';
import type { IncidentPage, ListedIncident } from '../../lib/flow/history/list-incidents.ts';
import type { ShownAlert, ShownIncident } from '../../lib/flow/history/show-incident.ts';
import type { ShownStatistics } from '../../lib/flow/history/show-statistics.ts';

/** The API's answers, by the types of the code that makes them, so that a change there is a type error here. */
export type {
  DayStatistics,
  Durations,
  Evidence,
  FilledCommand,
  Finding,
  IncidentPage,
  ListedIncident,
  Severity,
  ShownAlert,
  ShownIncident,
  ShownStatistics,
  Verdict,
};

export type ShownDiagnosis = ShownIncident['diagnoses'][number];
export type ShownDelivery = ShownIncident['deliveries'][number];
export type TimelineLine = ShownIncident['timeline'][number];

/** The format of GET /incidents.csv and .jsonl. */
export type ExportFormat = 'csv' | 'jsonl';

/** POST /incidents/{id}/acknowledge and /resolve. */
export type ChangeAnswer = { outcome: 'changed' | 'unchanged'; incident: ListedIncident };
