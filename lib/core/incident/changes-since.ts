import { isHigher, type Severity } from '../shared/severity.ts';
import type { Incident } from './incident.ts';
/** What an incident has become since a version of it was shown: alerts that fire now and did not, a higher severity. */
export type Growth = { alerts: number; raisedTo?: Severity };

/** Whoever acts on an older message acts on what it showed: what came since is told to them (rule 3). */
export function grownSince(incident: Incident, asOf: number): Growth {
  const alerts = incident.alerts.filter((alert) => {
    return alert.firing && !alert.doubtful && !alert.inherited && alert.joinedSeq > asOf;
  }).length;
  const raised = isHigher(incident.severity, severityAt(incident, asOf));
  return { alerts, ...(raised ? { raisedTo: incident.severity } : {}) };
}

export function hasGrownSince(incident: Incident, asOf: number): boolean {
  const { alerts, raisedTo } = grownSince(incident, asOf);
  return alerts > 0 || raisedTo !== undefined;
}

/** The severity that people saw in a version of the incident. */
export function severityAt(incident: Incident, version: number): Severity {
  const shown = incident.severityHistory.findLast((entry) => entry.seq <= version);
  return shown?.severity ?? incident.severity;
}
