import type { AlertDetail } from '../../core/alert/alert.ts';
import type { Effect } from '../../core/incident/effect-schema.ts';
import type { IncidentEvent } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Transition } from '../../core/incident/state-machine/transition.ts';
import { isFiring } from '../../core/incident/status.ts';
import { findCover, findMuting, isActive } from '../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from '../incident/apply-event.ts';

/** Every run knows a maintenance at most this long after it was entered. */
const CACHED: Millis = 15 * SECOND;

export type ApplyMaintenancePorts = ApplyEventPorts & {
  maintenances: MaintenanceStore;
  /** Current maintenances, from `createCurrentMaintenances`. */
  current: CurrentMaintenances;
};

export type CurrentMaintenances = (now: Millis) => Promise<Maintenance[]>;

/** Created once per container; reads again when its list is 15 s old. Does not cache failures. */
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

/** How long alerts are compared with maintenances. Ten thousand alerts take a tenth of it. */
const PATIENCE: Millis = SECOND;

type Muting = {
  ports: ApplyMaintenancePorts & { catalog: RunbookCatalog; log: Log; clock: { now(): Millis } };
  incident: Incident;
  effect: Effect;
  details(): Promise<AlertDetail[]>;
};

/**
 * The reason why a maintenance mutes a notice; undefined: the notice goes out. It also goes out whenever anything here
 * fails, and an incident that was muted then pages: its notice alone would call nobody. First records the incident for
 * the final summary, then checks that the maintenance is still active, then mutes the incident. So the end of a
 * maintenance finds everything that it has muted.
 *
 * Pages for an incident that was muted and is no longer covered; a page for the same news is left to it. Only this can
 * throw, so that the caller retries.
 */
export async function applyMaintenance({
  ports,
  incident,
  effect,
  details,
}: Muting): Promise<string | undefined> {
  const now = ports.clock.now();
  let cover: [Maintenance, ...Maintenance[]] | undefined;
  try {
    const current = await ports.current(now);
    if (current.length === 0 && incident.muted === undefined) return undefined;
    // It ended while muted. People who knew that it fires still receive the end.
    if (incident.muted !== undefined && !isFiring(incident))
      return await describeMute(ports, incident.muted.maintenance);
    cover = findCoverInTime(ports, current, incident, await details());
    if (cover !== undefined && (await recordAndRecheck(ports, cover, incident.id, now))) {
      const until = Math.min(...cover.map((each) => each.to));
      await change(ports, incident.id, { type: 'muted', maintenance: cover[0].id, until }, now);
      return findMuting(cover[0]);
    }
  } catch (error) {
    ports.log.error('a notice is sent because maintenances could not be read', {
      incidentId: incident.id,
      error,
    });
  }
  if (incident.muted === undefined || !isFiring(incident)) return undefined;
  const { unverified } = effect;
  const { effects } = await change(ports, incident.id, { type: 'unmuted', unverified }, now);
  const pages = effects.some(({ ping }) => ping);
  // That it flaps is in no other page (docs/rules.md#rule-6).
  return pages && effect.ping && effect.reason !== 'flapping' ? 'the page that follows says it' : undefined;
}

function findCoverInTime(
  { clock, log }: Muting['ports'],
  current: Maintenance[],
  incident: Incident,
  details: AlertDetail[],
): [Maintenance, ...Maintenance[]] | undefined {
  const now = clock.now();
  let late = false;
  const mayContinue = () => {
    late ||= clock.now() - now > PATIENCE;
    return !late;
  };
  const cover = findCover(current, { incident, details }, { now, mayContinue });
  if (late) {
    log.warn('a notice is sent because its alerts could not be compared with all maintenances in time', {
      incidentId: incident.id,
    });
  }
  return cover;
}

async function recordAndRecheck(
  { maintenances }: ApplyMaintenancePorts,
  cover: Maintenance[],
  incidentId: string,
  now: Millis,
): Promise<boolean> {
  for (const { id } of cover) {
    await maintenances.recordMuted(id, incidentId);
    const stored = await maintenances.get(id);
    if (stored === undefined || !isActive(stored, now)) return false;
  }
  return true;
}

async function describeMute({ maintenances }: ApplyMaintenancePorts, id: string): Promise<string> {
  const maintenance = await maintenances.get(id);
  return maintenance === undefined ? `muted by maintenance ${id}` : findMuting(maintenance);
}

async function change(
  ports: Muting['ports'],
  id: string,
  event: Extract<IncidentEvent, { type: 'muted' | 'unmuted' }>,
  now: Millis,
): Promise<Transition> {
  return applyEvent(ports, {
    event,
    now,
    read: () => ports.incidents.get(id),
    policyOf: (incident) => findPolicy(ports.catalog, incident?.alertname ?? ''),
  });
}
