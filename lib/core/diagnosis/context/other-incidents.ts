import { getSeverityRank } from '../../shared/severity.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import type { OpenIncident, OtherIncidents } from '../findings/context.ts';

const MAX_SHOWN = 5;

/**
 * Selects open incidents of a source, other than `ownId`, in which an alert fires for certain
 * (docs/rules.md#rule-5). `complete`: all open incidents were read.
 */
export function selectOtherIncidents(
  { incidents, complete }: { incidents: (OpenIncident & { firing: number })[]; complete: boolean },
  ownId: string,
): OtherIncidents {
  const others = incidents
    .filter(({ id, firing }) => id !== ownId && firing > 0)
    .toSorted(
      (a, b) =>
        getSeverityRank(b.severity) - getSeverityRank(a.severity) ||
        b.openedAt - a.openedAt ||
        (a.id < b.id ? -1 : 1),
    );
  return {
    incidents: others.slice(0, MAX_SHOWN).map(cleanIncident),
    more: Math.max(0, others.length - MAX_SHOWN),
    atLeast: !complete,
  };
}

function cleanIncident({ id, alertname, group, severity, openedAt }: OpenIncident): OpenIncident {
  const cleaned = Object.entries(group).map(([name, value]) => [name, cleanCell(value)]);
  return { id, alertname: cleanCell(alertname), group: Object.fromEntries(cleaned), severity, openedAt };
}
