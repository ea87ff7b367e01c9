import { createMaintenanceId, getEnd, getState } from '../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import type { MaintenanceRequest } from '../../core/maintenance/request-schema.ts';
import { DAY, formatIso, type Millis } from '../../core/shared/time.ts';

/** Those that were over longer ago are left out of the list. */
const LISTED_AFTER_END = 7 * DAY;

/** A maintenance, ready for JSON; times are ISO 8601 in UTC. `muted` are ids of incidents, newest knowledge. */
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

/** POST /maintenance. `unique` makes its id. */
export async function addMaintenance(
  { maintenances }: MaintenancePorts,
  input: { request: MaintenanceRequest; unique: string; now: Millis },
): Promise<ShownMaintenance> {
  const { request, unique, now } = input;
  const maintenance = { ...request, id: createMaintenanceId(request.to, unique), createdAt: now };
  await maintenances.add(maintenance);
  return shown(maintenance, [], now);
}

/** GET /maintenance: planned, active, and over for at most a week; the first to end first. */
export async function listMaintenances(
  { maintenances }: MaintenancePorts,
  now: Millis,
): Promise<{ maintenances: ShownMaintenance[] }> {
  const known = await maintenances.endingAfter(now - LISTED_AFTER_END);
  return {
    maintenances: await Promise.all(
      known.map(async (each) =>
        shown(each, each.from > now ? [] : await maintenances.mutedIncidents(each.id), now),
      ),
    ),
  };
}

/** DELETE /maintenance/{id}: ends it now; one that is over stays as it is. Undefined: there is none of this id. */
export async function endMaintenance(
  { maintenances }: MaintenancePorts,
  { id, now }: { id: string; now: Millis },
): Promise<ShownMaintenance | undefined> {
  const ended = await maintenances.end(id, now);
  return ended && shown(ended, await maintenances.mutedIncidents(id), now);
}

function shown(maintenance: Maintenance, muted: string[], now: Millis): ShownMaintenance {
  const { id, matchers, from, to, by, reason, endedAt } = maintenance;
  return {
    id,
    state: getState(maintenance, now),
    matchers,
    from: formatIso(from),
    to: formatIso(to),
    ...(endedAt === undefined ? {} : { endedAt: formatIso(getEnd(maintenance)) }),
    by,
    reason,
    muted: muted.toSorted(),
  };
}
