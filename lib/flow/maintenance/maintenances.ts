import { createMaintenanceId, getEnd, getState } from '../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import type { MaintenanceRequest } from '../../core/maintenance/request-schema.ts';
import { redact } from '../../core/redaction/redact.ts';
import { DAY, formatIso, type Millis } from '../../core/shared/time.ts';

/** A maintenance that ended longer ago is not listed. */
const LISTED_AFTER_END = 7 * DAY;

/**
 * A maintenance, ready for JSON; times are ISO 8601 in UTC. `muted` are ids of the incidents muted so far.
 */
export type ShownMaintenance = {
  id: string;
  state: 'planned' | 'active' | 'over';
  matchers: string;
  from: string;
  to: string;
  endedAt?: string;
  by: string;
  reason: string;
  muted: string[];
};

export type MaintenancePorts = { maintenances: MaintenanceStore };

/** POST /maintenance. `unique` is part of its id. */
export async function addMaintenance(
  { maintenances }: MaintenancePorts,
  input: { request: MaintenanceRequest; unique: string; now: Millis },
): Promise<ShownMaintenance> {
  const { request, unique, now } = input;
  const maintenance = { ...request, id: createMaintenanceId(request.to, unique), createdAt: now };
  await maintenances.add(maintenance);
  return toShown(maintenance, [], now);
}

/** GET /maintenance: planned, active, and ended within a week; ordered by their end. */
export async function listMaintenances(
  { maintenances }: MaintenancePorts,
  now: Millis,
): Promise<{ maintenances: ShownMaintenance[] }> {
  const known = await maintenances.endingAfter(now - LISTED_AFTER_END);
  return {
    maintenances: await Promise.all(
      known.map(async (each) =>
        toShown(each, each.from > now ? [] : await maintenances.mutedIncidents(each.id), now),
      ),
    ),
  };
}

/** DELETE /maintenance/{id}: ends it now; an ended one stays unchanged. Undefined if it does not exist. */
export async function endMaintenance(
  { maintenances }: MaintenancePorts,
  { id, now }: { id: string; now: Millis },
): Promise<ShownMaintenance | undefined> {
  const ended = await maintenances.end(id, now);
  return ended && toShown(ended, await maintenances.mutedIncidents(id), now);
}

function toShown(maintenance: Maintenance, muted: string[], now: Millis): ShownMaintenance {
  const { id, matchers, from, to, by, reason, endedAt } = maintenance;
  return {
    id,
    state: getState(maintenance, now),
    matchers: redact(matchers),
    from: formatIso(from),
    to: formatIso(to),
    endedAt: endedAt === undefined ? undefined : formatIso(getEnd(maintenance)),
    by: redact(by),
    reason: redact(reason),
    muted: muted.toSorted(),
  };
}
