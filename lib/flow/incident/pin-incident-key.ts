import type { AlertGroup } from '../../core/grouping/group-alerts.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';

type PinIncidentKeyPorts = { incidents: IncidentStore; catalog: RunbookCatalog };

/**
 * An incident keeps the group_by it was opened with: while it lives, alerts that an earlier group_by sent to it
 * still go there, so that editing a runbook neither opens a second incident nor leaves the first without its
 * resolve. Costs one read for each earlier key, and nothing for runbooks that list none.
 */
export async function pinIncidentKey(
  ports: PinIncidentKeyPorts,
  entry: AlertGroup,
  now: Millis,
): Promise<AlertGroup> {
  const { reopenWindow } = findPolicy(ports.catalog, entry.identity.alertname);
  for (const key of entry.previousKeys) {
    const incident = await ports.incidents.latest(key);
    if (incident === undefined || !lives(incident, now, reopenWindow)) continue;
    return { ...entry, identity: { ...entry.identity, key, group: incident.group } };
  }
  return entry;
}

/** Until the reopen window is over a late report still means the incident that has just ended (docs/rules.md#rule-5 and #rule-12). */
function lives(incident: Incident, now: Millis, reopenWindow: Millis): boolean {
  return incident.status === 'open' || now - (incident.resolvedAt ?? 0) <= reopenWindow;
}
