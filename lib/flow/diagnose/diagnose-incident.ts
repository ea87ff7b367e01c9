import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { DeliveryQueue } from '../../core/delivery/delivery-queue.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import type { DiagnoseMessage, Effect, NoticeEffect } from '../../core/incident/effect-schema.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import type { ChannelRoutes } from '../../core/routing/channel-routes.ts';
import { type RoutedNotice, routeNotice, toRoutedNotice } from '../../core/routing/route-notice.ts';
import type { Target } from '../../core/routing/target.ts';
import { findRunbook } from '../../core/runbook/find-runbook.ts';
import { type RunbookCatalog } from '../../core/runbook/runbook.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import { readIncident } from '../shared/read-incident.ts';
import { type ApplyMaintenancePorts, applyMaintenance } from './apply-maintenance.ts';
import { type Diagnosed, type DiagnoseOncePorts, diagnoseOnce, findSkipReason } from './diagnose-once.ts';
import {
  getMessage,
  type RecordEffectPorts,
  recordDetails,
  recordHours,
  recordTimeline,
} from './record-effect.ts';

export type DiagnoseIncidentPorts = RecordEffectPorts &
  DiagnoseOncePorts & {
    incidents: Pick<IncidentStore, 'get'>;
    history: Pick<IncidentHistory, 'details'>;
    deliveries: DeliveryQueue;
    catalog: RunbookCatalog;
    channels: readonly ChannelRoutes[];
    /** Absent, as for dead letters: nothing is muted. */
    muting?: ApplyMaintenancePorts;
  };

export type DiagnoseIncidentResult = { targets: number; diagnosed: Diagnosed['diagnosed'] };

/**
 * Processes one effect: loads its incident, records it in the history, decides whether a maintenance mutes it and
 * whether its checks run, runs them, and queues one delivery per target. Every step is repeatable. Throws when the
 * incident cannot be read or the deliver queue fails: the message comes again. A diagnosis never makes it throw.
 *
 * `attempt` counts receives from 1; from the second on, the checks are skipped. `isDeadLetter` is set by the
 * consumer of the dead-letter queue, which only gets the notice out.
 */
export async function diagnoseIncident(
  ports: DiagnoseIncidentPorts,
  input: { message: DiagnoseMessage; attempt: number; isDeadLetter?: boolean },
): Promise<DiagnoseIncidentResult> {
  const { incidentId, effect } = input.message;
  const incident = await readIncident(ports, incidentId);
  await recordDetails(ports, input);
  const muted = effect.kind === 'record' ? undefined : await findMuteReason(ports, incident, effect);
  await recordTimeline(ports, input, muted);
  if (effect.kind === 'record') {
    await recordHours(ports, incident, undefined);
    return { targets: 0, diagnosed: 'none' };
  }
  const skip = findSkipReason(effect, incident, input);
  const runbook = findRunbook(ports.catalog, incident.alertname);
  const { diagnosed, diagnosis } = await diagnoseOnce(ports, { incident, effect, runbook }, skip);
  const messages = toNoticeMessages(ports, incident, effect, muted);
  await queue(ports, incident, messages);
  await recordHours(ports, incident, diagnosis);
  return { targets: messages.length, diagnosed };
}

function findMuteReason(
  ports: DiagnoseIncidentPorts,
  incident: Incident,
  effect: Effect,
): Promise<string | undefined> {
  const { muting, history, catalog, log, clock } = ports;
  if (muting === undefined) return Promise.resolve(undefined);
  const details = () => history.details(incident.id);
  return applyMaintenance({ ports: { ...muting, catalog, log, clock }, incident, effect, details });
}

async function queue(
  { deliveries, log }: DiagnoseIncidentPorts,
  { id: incidentId }: Incident,
  messages: NoticeMessage[],
): Promise<void> {
  if (messages.length === 0)
    log.warn('a notice has no target: no route leads to a channel that is configured', { incidentId });
  await deliveries.send(messages);
}

function toNoticeMessages(
  ports: DiagnoseIncidentPorts,
  incident: Incident,
  effect: Effect,
  muted: string | undefined,
): NoticeMessage[] {
  const noticed = toNoticeEffect(effect);
  return listTargets(ports, toRoutedNotice(ports.catalog, incident, effect)).map((target) => ({
    schema: 1,
    kind: 'notice',
    key: hashSha256(`${effect.id}\n${target.destination}`, 40),
    incidentId: incident.id,
    effect: noticed,
    muted,
    target,
    attempt: 1,
  }));
}

/** If the people of a tier cannot be routed, the notice still reaches the destinations of routing.yaml. */
function listTargets({ catalog, channels, log }: DiagnoseIncidentPorts, notice: RoutedNotice): Target[] {
  try {
    return routeNotice(catalog, channels, notice);
  } catch (error) {
    log.error('a notice is sent without the people of its tiers', { error: getMessage(error) });
    return routeNotice(catalog, channels, { ...notice, tiers: [], tierPages: [] });
  }
}

/** Without what the history has by now: messages on a queue stay small. */
function toNoticeEffect({ kind: _, details: __, moves: ___, ...noticed }: Effect): NoticeEffect {
  return noticed;
}
