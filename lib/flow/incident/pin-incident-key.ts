import type { AlertGroup } from '../../core/grouping/group-alerts.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';

type PinIncidentKeyPorts = { incidents: IncidentStore; catalog: RunbookCatalog };

/**
 * An incident keeps the group_by with which it was opened. While it is open or may reopen, alerts that an
 * earlier group_by sent to it still belong to it. So an edited runbook neither opens a second incident nor
 * costs the first its resolve. One read per earlier key; none for runbooks without earlier keys.
 */
export async function pinIncidentKey(
  ports: PinIncidentKeyPorts,
  entry: AlertGroup,
  now: Millis,
): Promise<AlertGroup> {
  const { reopenWindow } = findPolicy(ports.catalog, entry.identity.alertname);
  for (const key of entry.previousKeys) {
    const incident = await ports.incidents.latest(key);
    if (incident === undefined || !isOpenOrReopenable(incident, now, reopenWindow)) continue;
    return { ...entry, identity: { ...entry.identity, key, group: incident.group } };
  }
  return entry;
}

/**
 * Within the reopen window a late report still belongs to the ended incident (docs/rules.md#rule-5,
 * docs/rules.md#rule-12).
 */
function isOpenOrReopenable(incident: Incident, now: Millis, reopenWindow: Millis): boolean {
  return incident.status === 'open' || now - (incident.resolvedAt ?? 0) <= reopenWindow;
}
