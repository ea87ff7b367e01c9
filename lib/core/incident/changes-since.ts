import { isHigher, type Severity } from '../shared/severity.ts';
import { isAlertFiring } from './alert-state.ts';
import type { Incident } from './incident.ts';

/**
 * What is new in an incident since a version was shown: alerts that fire now and did not then, a higher
 * severity.
 */
export type ChangesSince = { alerts: number; raisedTo?: Severity };

/**
 * An action on an older message covers only what that message showed. The person is shown the changes since
 * (docs/rules.md#rule-3).
 */
export function findChangesSince(incident: Incident, asOf: number): ChangesSince {
  const alerts = incident.alerts.filter((alert) => {
    return isAlertFiring(alert) && alert.joinedSeq > asOf;
  }).length;
  const raised = isHigher(incident.severity, getSeverityAt(incident, asOf));
  return { alerts, raisedTo: raised ? incident.severity : undefined };
}

export function hasChangedSince(incident: Incident, asOf: number): boolean {
  const { alerts, raisedTo } = findChangesSince(incident, asOf);
  return alerts > 0 || raisedTo !== undefined;
}

/** The severity that people saw in this version of the incident. */
export function getSeverityAt(incident: Incident, version: number): Severity {
  const shown = incident.severityHistory.findLast((entry) => entry.seq <= version);
  return shown?.severity ?? incident.severity;
}
