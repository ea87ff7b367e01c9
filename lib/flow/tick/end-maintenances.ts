import type { SummaryMessage } from '../../core/delivery/delivery.ts';
import type { DeliveryQueue } from '../../core/delivery/delivery-queue.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { getEnd } from '../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import { type ConfiguredChannels, routeNotice, type Target } from '../../core/routing/route-notice.ts';
import { findPolicy, findRunbook } from '../../core/runbook/find-runbook.ts';
import { type RunbookCatalog } from '../../core/runbook/runbook.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import type { Log } from '../../core/shared/log.ts';
import { DAY, MINUTE, type Millis } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from '../incident/apply-event.ts';

/**
 * By then a diagnosis that was still muting at the end has recorded it: functions run for at most half a
 * minute.
 */
const SETTLED_AFTER = MINUTE;
/** How long an end is looked for, in case no tick ran for as long. */
const LOOK_BACK = 7 * DAY;
/** The most incidents processed per maintenance. The summary counts these; each pages by itself. */
const MAX_INCIDENTS = 1_000;

export type EndMaintenancePorts = ApplyEventPorts & {
  maintenances: MaintenanceStore;
  deliveries: DeliveryQueue;
  catalog: RunbookCatalog;
  channels: ConfiguredChannels;
  clock: { now(): Millis };
  log: Log;
};

/**
 * Runs every minute. Incidents muted by a maintenance that ended early become due. After a delay one summary
 * is queued. An incident that still fires pages by its own due time, in this tick or the next. Every step may
 * run twice, and is repeated until the maintenance is marked as notified. So a crashed tick leaves nothing
 * undone.
 */
export async function endMaintenances(ports: EndMaintenancePorts): Promise<void> {
  const now = ports.clock.now();
  const known = await ports.maintenances.endingAfter(now - LOOK_BACK);
  const ended = known.filter((each) => each.notifiedAt === undefined && now >= getEnd(each));
  const failures: unknown[] = [];
  for (const maintenance of ended) {
    try {
      await endOne(ports, maintenance, now);
    } catch (error) {
      failures.push(error);
      ports.log.error('a maintenance could not be ended', { maintenanceId: maintenance.id, error });
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} maintenances could not be ended`);
}

async function endOne(ports: EndMaintenancePorts, maintenance: Maintenance, now: Millis): Promise<void> {
  const incidents: Incident[] = [];
  for (const id of (await ports.maintenances.mutedIncidents(maintenance.id)).slice(0, MAX_INCIDENTS)) {
    const incident = await releaseOne(ports, id, maintenance, now);
    if (incident !== undefined) incidents.push(incident);
  }
  if (now < getEnd(maintenance) + SETTLED_AFTER) return;
  await ports.deliveries.send(
    listTargets(ports, incidents).map((target) => toSummaryMessage(maintenance, target)),
  );
  await ports.maintenances.markNotified(maintenance.id, now);
}

async function releaseOne(
  ports: EndMaintenancePorts,
  id: string,
  maintenance: Maintenance,
  now: Millis,
): Promise<Incident | undefined> {
  const result = await applyEvent(ports, {
    event: { type: 'mute-ended', endedAt: getEnd(maintenance) },
    now,
    read: () => ports.incidents.get(id),
    policyOf: (incident) => findPolicy(ports.catalog, incident?.alertname ?? ''),
  });
  return result.incident;
}

/** The destinations of the muted notices, each once, without mentions. */
function listTargets(ports: EndMaintenancePorts, incidents: Incident[]): Target[] {
  const targets = new Map<string, Target>();
  for (const incident of incidents) {
    const routed = routeNotice(ports.catalog, ports.channels, {
      runbook: findRunbook(ports.catalog, incident.alertname),
      severity: incident.severity,
      had: incident.severityHistory.map((entry) => entry.severity),
      reason: 'opened',
      ping: false,
      tiers: [],
      at: ports.clock.now(),
      tierPages: incident.tiers.pages ?? [],
    });
    for (const target of routed)
      targets.set(target.destination, uniteTargets(targets.get(target.destination), target));
  }
  return [...targets.values()];
}

function uniteTargets(known: Target | undefined, target: Target): Target {
  if (known?.channel !== 'email' || target.channel !== 'email') return target;
  return { ...target, to: [...new Set([...known.to, ...target.to])] };
}

function toSummaryMessage({ id }: Maintenance, target: Target): SummaryMessage {
  return {
    schema: 1,
    kind: 'maintenance-summary',
    key: hashSha256(`maintenance ${id}\n${target.destination}`, 40),
    incidentId: `maintenance-${id}.1`,
    maintenanceId: id,
    target,
    attempt: 1,
  };
}
