import type { Severity } from '../shared/severity.ts';
import type { Incident } from './incident.ts';

/** The severity that people saw in a version of the incident. */
export function severityAt(incident: Incident, version: number): Severity {
  const shown = incident.severityHistory.findLast((entry) => entry.seq <= version);
  return shown?.severity ?? incident.severity;
}
