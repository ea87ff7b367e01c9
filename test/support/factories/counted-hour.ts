import type { IncidentSummary } from '../../../lib/core/history/history.ts';
import type { DiagnosisCounts } from '../../../lib/core/statistics/counts.ts';
import { countHour, getHour, type RollUp } from '../../../lib/core/statistics/roll-up.ts';
import { randomKey, STORED_AT } from './stored-incident.ts';

/** The summary of an open incident without any further event. */
export function incidentSummary(change: Partial<IncidentSummary> = {}): IncidentSummary {
  return {
    id: `${randomKey()}.1`,
    source: 'prod',
    alertname: 'HighErrorRate',
    group: { service: 'api' },
    status: 'open',
    severity: 'critical',
    openedAt: STORED_AT,
    firing: 1,
    total: 1,
    tier: 1,
    category: 'system',
    ...change,
  };
}

/** The counted hours of these incidents and diagnoses. */
export function countedHours(
  incidents: readonly IncidentSummary[],
  diagnoses: readonly DiagnosisCounts[] = [],
): RollUp[] {
  const hours = new Set([
    ...incidents.map(({ openedAt }) => getHour(openedAt)),
    ...diagnoses.map(({ startedAt }) => getHour(startedAt)),
  ]);
  return [...hours]
    .toSorted((a, b) => a - b)
    .map((hour) => {
      const counted = countHour(hour);
      counted.incidents(incidents);
      counted.diagnoses(diagnoses);
      return counted.rollUp();
    });
}
