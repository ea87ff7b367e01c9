import {
  getHeartbeatKey,
  getHeartbeatStatus,
  HEARTBEAT_MISSING,
  type HeardAt,
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
import { tryEach } from '../shared/failures.ts';

/** The most open incidents read to find when the source's last webhook came. */
const MAX_ASKED = 20;

export type CheckHeartbeatsPorts = ApplyEventPorts & {
  heartbeats: Pick<HeartbeatStore, 'list'>;
  history: Pick<IncidentHistory, 'open'>;
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  log: Log;
};

/**
 * Opens an incident for each source without a heartbeat, and resolves it after a heartbeat. Runs every minute
 * with one read for all sources and one per source. Its only state is the heartbeats and incidents
 * themselves, so the next run completes a crashed one. A failing source stops no other; throws at the end, so
 * that the failure is seen.
 */
export async function checkHeartbeats(ports: CheckHeartbeatsPorts): Promise<void> {
  const heartbeats = await ports.heartbeats.list();
  await tryEach(heartbeats, (heartbeat) => checkOne(ports, heartbeat), {
    onFailure: ({ source }, error) => ports.log.error('a heartbeat could not be checked', { source, error }),
    summary: 'heartbeats could not be checked',
  });
}

async function checkOne(ports: CheckHeartbeatsPorts, heartbeat: Heartbeat): Promise<void> {
  const now = ports.clock.now();
  const key = getHeartbeatKey(heartbeat.source);
  const latest = await ports.incidents.latest(key);
  if (observeHeartbeat(ports.catalog, heartbeat, latest, now) === undefined) return;

  const heardAt = latest?.status === 'open' ? undefined : await findLastWebhook(ports, heartbeat.source);
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

/** When the source's last webhook about an open incident came; worth a try, never a delay. */
async function findLastWebhook(ports: CheckHeartbeatsPorts, source: string): Promise<HeardAt | undefined> {
  try {
    const { incidents } = await ports.history.open(source, MAX_ASKED);
    const open = await Promise.all(incidents.map(({ id }) => ports.incidents.get(id)));
    const heard = open.flatMap((each) =>
      each === undefined || isHeartbeatIncident(each) ? [] : [each.lastSeenAt],
    );
    return heard.length === 0 ? undefined : Math.max(...heard);
  } catch (error) {
    ports.log.warn('the last webhook of a source is not known', { source, error });
    return 'unknown';
  }
}

/**
 * Chooses where to ask whether alerts still fire: for a heartbeat incident the stored heartbeats, else
 * `askOthers`.
 */
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
