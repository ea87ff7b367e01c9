import {
  getHeartbeatKey,
  getHeartbeatStatus,
  HEARTBEAT_MISSING,
  isHeartbeatIncident,
  observeHeartbeat,
} from '../../core/heartbeat/heartbeat.ts';
import type { Heartbeat, HeartbeatStore } from '../../core/heartbeat/heartbeat-store.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import type { AlertmanagerStatus } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from '../incident/apply-event.ts';

/** Open incidents that are looked at for when the source was last heard of. */
const MAX_ASKED = 20;

export type CheckHeartbeatsPorts = ApplyEventPorts & {
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
export async function checkHeartbeats(ports: CheckHeartbeatsPorts): Promise<void> {
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

async function watch(ports: CheckHeartbeatsPorts, heartbeat: Heartbeat): Promise<void> {
  const now = ports.clock.now();
  const key = getHeartbeatKey(heartbeat.source);
  const latest = await ports.incidents.latest(key);
  if (observeHeartbeat(ports.catalog, heartbeat, latest, now) === undefined) return;

  const heardAt = latest?.status === 'open' ? undefined : await lastHeardOf(ports, heartbeat.source);
  const event = observeHeartbeat(ports.catalog, heartbeat, latest, now, heardAt);
  if (event === undefined) return;
  const policy = findPolicy(ports.catalog, HEARTBEAT_MISSING);
  await applyEvent(ports, {
    event,
    now,
    policyOf: () => policy,
    read: () => ports.incidents.latest(key),
  });
}

/** When a delivery of the source last spoke of an incident that is open; worth a try, and no delay. */
async function lastHeardOf(ports: CheckHeartbeatsPorts, source: string): Promise<Millis | undefined> {
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
export function answerForHeartbeats(
  ports: Pick<CheckHeartbeatsPorts, 'heartbeats' | 'catalog' | 'clock'>,
  askOthers: (incident: Incident) => Promise<AlertmanagerStatus>,
): (incident: Incident) => Promise<AlertmanagerStatus> {
  return async (incident) => {
    if (!isHeartbeatIncident(incident)) return askOthers(incident);
    try {
      const heartbeats = await ports.heartbeats.list();
      const own = heartbeats.find(({ source }) => source === incident.source);
      return getHeartbeatStatus(ports.catalog, own, incident, ports.clock.now());
    } catch (error) {
      return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
    }
  };
}
