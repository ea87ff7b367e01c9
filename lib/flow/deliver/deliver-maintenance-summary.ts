import type { Channel } from '../../core/channel/channel.ts';
import { type Budget, startBudget } from '../../core/delivery/budget.ts';
import { addUnfinished, getRepeatDelay, type Intent } from '../../core/delivery/claim.ts';
import type { SummaryMessage } from '../../core/delivery/deliver-message-schema.ts';
import { addUncertainSend } from '../../core/delivery/delivered-record.ts';
import type { DestinationRecord, SendOutcome } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import { getRetryDelaySeconds, MISCONFIGURED_RETRY_SECONDS } from '../../core/delivery/retry-delay.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import { listPlainSummaryLines, summarizeMaintenance } from '../../core/maintenance/summarize-maintenance.ts';
import { findChannel } from '../../core/routing/channel-routes.ts';
import type { Log } from '../../core/shared/log.ts';
import { mapBounded } from '../shared/map-bounded.ts';
import { limitTime } from './limit-time.ts';
import type { Delivering } from './record-delivery.ts';
import { renderOrPlain } from './render-notice.ts';
import { sendRendered } from './send-rendered.ts';
import { type ClaimPorts, createClaimedDestination, type Held, runUnderClaim } from './under-claim.ts';

const CLAIM_RETRY_SECONDS = 5;
const CONCURRENCY = 8;
const MAX_INCIDENTS = 1_000;

export type DeliverSummaryPorts = ClaimPorts & {
  incidents: Pick<IncidentStore, 'get'>;
  maintenances: Pick<MaintenanceStore, 'get' | 'mutedIncidents'>;
  destinations: DestinationStore;
  channels: readonly Channel[];
  log: Log;
};

export type DeliverSummaryResult =
  | { kind: 'done'; outcome: 'delivered' | 'superseded' | 'failed' }
  | { kind: 'retry'; afterSeconds: number; reason: string };

/**
 * Delivers the summary of a maintenance to one target, once; the target's record says whether it was
 * delivered. It shows the incidents' current state. A maintenance that muted nothing has no summary.
 */
export async function deliverMaintenanceSummary(
  ports: DeliverSummaryPorts,
  delivering: Delivering<SummaryMessage>,
): Promise<DeliverSummaryResult> {
  const { incidentId, target } = delivering.message;
  const { destinations } = ports;
  const budget = startBudget(ports.clock.now());
  const before = await destinations.read(incidentId, target.destination);
  if (before.lastSeq > 0) return { kind: 'done', outcome: 'superseded' };
  const wait = getRepeatDelay(addUnfinished(before, ports.clock.now()).uncertainSends, ports.clock.now());
  if (wait > 0) return again(getRetryDelaySeconds(1, wait), 'only an answer is missing, so it may be there');
  const intent = { key: delivering.message.key, seq: 1, firing: false, at: ports.clock.now() };
  const item = createClaimedDestination(destinations, incidentId, target.destination);
  const result = await runUnderClaim(ports, item, { budget, before, intent }, (held) =>
    deliverHeld(ports, delivering, { ...held, intent, budget }),
  );
  return result ?? again(CLAIM_RETRY_SECONDS, 'another run is sending this summary');
}

function again(afterSeconds: number, reason: string): DeliverSummaryResult {
  return { kind: 'retry', afterSeconds, reason };
}

async function deliverHeld(
  ports: DeliverSummaryPorts,
  { message, attempt }: Delivering<SummaryMessage>,
  { record, intent, save, budget }: Held<DestinationRecord> & { intent: Intent; budget: Budget },
): Promise<DeliverSummaryResult> {
  const { maintenanceId, target } = message;
  const loaded = record.lastSeq > 0 ? undefined : await loadMaintenance(ports, maintenanceId);
  if (loaded === undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  const channel = limitTime(ports.clock, findChannel(ports.channels, target.channel), budget);
  const outcome = await send(ports, channel, { message, attempt }, loaded);
  const known = addUncertainSend(record, outcome, intent, ports.clock.now());
  await save({ ...known, lastSeq: outcome.kind === 'delivered' ? 1 : 0 });
  if (outcome.kind === 'delivered') return { kind: 'done', outcome: 'delivered' };
  const reason = `${outcome.reason}: ${outcome.detail}`;
  if (outcome.kind === 'retryable') {
    return again(getRetryDelaySeconds(attempt, outcome.retryAfterMs), reason);
  }
  if (outcome.kind === 'misconfigured') return again(MISCONFIGURED_RETRY_SECONDS, reason);
  const { destination } = target;
  ports.log.error('a summary cannot be delivered', { maintenanceId, destination, reason });
  return { kind: 'done', outcome: 'failed' };
}

type AboutMaintenance = { maintenance: Maintenance; incidents: Incident[] };

async function loadMaintenance(
  ports: DeliverSummaryPorts,
  id: string,
): Promise<AboutMaintenance | undefined> {
  const maintenance = await ports.maintenances.get(id);
  if (maintenance === undefined) return undefined;
  const ids = (await ports.maintenances.mutedIncidents(id)).slice(0, MAX_INCIDENTS);
  const read = await mapBounded(ids, CONCURRENCY, (each) => ports.incidents.get(each));
  const incidents = read.flatMap((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value ?? [];
  });
  return { maintenance, incidents };
}

async function send(
  { log }: DeliverSummaryPorts,
  channel: Channel,
  { message, attempt }: Delivering<SummaryMessage>,
  { maintenance, incidents }: AboutMaintenance,
): Promise<SendOutcome> {
  const { target, maintenanceId: id } = message;
  const rendered = await renderOrPlain(
    () =>
      channel.render({ kind: 'summary', id, summary: summarizeMaintenance(maintenance, incidents) }, target),
    (why) =>
      channel.renderPlain({ kind: 'summary', id, lines: listPlainSummaryLines(id, incidents, why) }, target),
    (error) =>
      log.error('a summary could not be rendered; it is sent as plain text', { maintenanceId: id, error }),
  );
  if (rendered === undefined) return { kind: 'delivered' };
  return (await sendRendered(channel, rendered, target, { key: message.key, seq: 0, attempt })).outcome;
}
