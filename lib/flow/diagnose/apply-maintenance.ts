import type { AlertDetail } from '../../core/alert/alert.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isFiring } from '../../core/incident/status.ts';
import { findCover, findMuting, isActive } from '../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from '../incident/apply-event.ts';

/** A maintenance is known at the latest this long after it was entered. */
const CACHED: Millis = 15 * SECOND;

export type ApplyMaintenancePorts = ApplyEventPorts & {
  maintenances: MaintenanceStore;
  /** Current ones, from `createCurrentMaintenances`. */
  current: CurrentMaintenances;
};

export type CurrentMaintenances = (now: Millis) => Promise<Maintenance[]>;

/** One for a warm function: reads anew when what it knows is 15 s old. A failure is not remembered. */
export function createCurrentMaintenances(
  maintenances: Pick<MaintenanceStore, 'endingAfter'>,
): CurrentMaintenances {
  let known: { at: Millis; list: Maintenance[] } | undefined;

  return async (now) => {
    if (known === undefined || now - known.at >= CACHED || now < known.at) {
      known = { at: now, list: await maintenances.endingAfter(now) };
    }
    return known.list;
  };
}

type Muting = {
  ports: ApplyMaintenancePorts & { catalog: RunbookCatalog; log: Log };
  incident: Incident;
  details(): Promise<AlertDetail[]>;
  now: Millis;
};

/**
 * Whether a maintenance keeps a notice from people, and in which words; undefined: it goes out. So it does whenever
 * anything here fails. First the mark from which the summary at the end is made, then another look whether the
 * maintenance is still on, then the incident: ending it therefore finds everything that it has muted.
 *
 * An incident that was muted and is covered no longer pages now. Only that can make this throw, and the caller retry.
 */
export async function applyMaintenance({
  ports,
  incident,
  details,
  now,
}: Muting): Promise<string | undefined> {
  let cover: [Maintenance, ...Maintenance[]] | undefined;
  try {
    const current = await ports.current(now);
    if (current.length === 0 && incident.muted === undefined) return undefined;
    // It ended while it was muted. Where people had heard of it before, they are told all the same.
    if (incident.muted !== undefined && !isFiring(incident))
      return await wordsOf(ports, incident.muted.maintenance);
    cover = findCover(current, incident, await details(), now);
    if (cover !== undefined && (await isSure(ports, cover, incident.id, now))) {
      const until = Math.min(...cover.map((each) => each.to));
      await change(ports, incident.id, { type: 'muted', maintenance: cover[0].id, until }, now);
      return findMuting(cover[0]);
    }
  } catch (error) {
    ports.log.error('a notice goes out because maintenance is not known', { incidentId: incident.id, error });
    return undefined;
  }
  if (incident.muted !== undefined) await change(ports, incident.id, { type: 'unmuted' }, now);
  return undefined;
}

async function isSure(
  { maintenances }: ApplyMaintenancePorts,
  cover: Maintenance[],
  incidentId: string,
  now: Millis,
): Promise<boolean> {
  for (const { id } of cover) {
    await maintenances.noteMuted(id, incidentId);
    const stored = await maintenances.get(id);
    if (stored === undefined || !isActive(stored, now)) return false;
  }
  return true;
}

async function wordsOf({ maintenances }: ApplyMaintenancePorts, id: string): Promise<string> {
  const maintenance = await maintenances.get(id);
  return maintenance === undefined ? `muted by maintenance ${id}` : findMuting(maintenance);
}

async function change(
  ports: Muting['ports'],
  id: string,
  event: { type: 'muted'; maintenance: string; until: Millis } | { type: 'unmuted' },
  now: Millis,
): Promise<void> {
  await applyEvent(ports, {
    event,
    now,
    read: () => ports.incidents.get(id),
    policyOf: (incident) => findPolicy(ports.catalog, incident?.alertname ?? ''),
  });
}
