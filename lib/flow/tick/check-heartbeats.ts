import {
  HEARTBEAT_MISSING,
  heartbeatKey,
  isHeartbeatIncident,
  observeHeartbeat,
  sightOfHeartbeat,
} from '../../core/heartbeat/heartbeat.ts';
import type { Heartbeat, HeartbeatStore } from '../../core/heartbeat/heartbeat-store.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import type { Sight } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { policyFor } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ChangePorts, changeVersion } from '../incident/apply-event.ts';

/** Open incidents that are looked at for when the source was last heard of. */
const MAX_ASKED = 20;

export type WatchHeartbeatsPorts = ChangePorts & {
  heartbeats: Pick<HeartbeatStore, 'list'>;
  history: Pick<IncidentHistory, 'open'>;
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  log: Log;
};

/**
 * Opens an incident for each source whose sign of life is missing, and resolves it when a sign has come: once a
 * minute, one read for all sources and one for each. Nothing is remembered between two runs but the signs and the
 * incidents themselves, so a run that dies anywhere is made good by the next. A source that fails stops no other;
 * throws at the end, so that the failure is seen.
 */
export async function watchHeartbeats(ports: WatchHeartbeatsPorts): Promise<void> {
  const failures: unknown[] = [];
  for (const heartbeat of await ports.heartbeats.list()) {
    try {
      await watch(ports, heartbeat);
    } catch (error) {
      failures.push(error);
      ports.log.error('a heartbeat could not be watched', { source: heartbeat.source, error });
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} heartbeats could not be watched`);
  }
}

async function watch(ports: WatchHeartbeatsPorts, heartbeat: Heartbeat): Promise<void> {
  const now = ports.clock.now();
  const key = heartbeatKey(heartbeat.source);
  const latest = await ports.incidents.latest(key);
  if (observeHeartbeat(ports.catalog, heartbeat, latest, now) === undefined) return;

  const heardAt = latest?.status === 'open' ? undefined : await lastHeardOf(ports, heartbeat.source);
  const event = observeHeartbeat(ports.catalog, heartbeat, latest, now, heardAt);
  if (event === undefined) return;
  const policy = policyFor(ports.catalog, HEARTBEAT_MISSING);
  await changeVersion(ports, {
    event,
    now,
    policyOf: () => policy,
    read: () => ports.incidents.latest(key),
  });
}

/** When a delivery of the source last spoke of an incident that is open; worth a try, and no delay. */
async function lastHeardOf(ports: WatchHeartbeatsPorts, source: string): Promise<Millis | undefined> {
  try {
    const { incidents } = await ports.history.open(source, MAX_ASKED);
    const open = await Promise.all(incidents.map(({ id }) => ports.incidents.get(id)));
    const heard = open.flatMap((each) =>
      each === undefined || isHeartbeatIncident(each) ? [] : [each.lastSeenAt],
    );
    return heard.length === 0 ? undefined : Math.max(...heard);
  } catch (error) {
    ports.log.warn('the last delivery of a source is not known', { source, error });
    return undefined;
  }
}

/** Whom to ask whether an incident's alerts still fire: the signs for a heartbeat's, else the given. */
export function askAlsoHeartbeats(
  ports: Pick<WatchHeartbeatsPorts, 'heartbeats' | 'catalog' | 'clock'>,
  askOthers: (incident: Incident) => Promise<Sight>,
): (incident: Incident) => Promise<Sight> {
  return async (incident) => {
    if (!isHeartbeatIncident(incident)) return askOthers(incident);
    try {
      const heartbeats = await ports.heartbeats.list();
      const own = heartbeats.find(({ source }) => source === incident.source);
      return sightOfHeartbeat(ports.catalog, own, incident, ports.clock.now());
    } catch (error) {
      return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
    }
  };
}
