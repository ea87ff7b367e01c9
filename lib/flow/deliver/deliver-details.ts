import type { Channel } from '../../core/channel/channel.ts';
import { type Budget, startBudget } from '../../core/delivery/budget.ts';
import { findDetailsSuperseded } from '../../core/delivery/decide.ts';
import type { DetailsMessage } from '../../core/delivery/deliver-message-schema.ts';
import { keepSlots } from '../../core/delivery/delivered-record.ts';
import {
  type DestinationRecord,
  isRateLimited,
  type MessageRef,
  type SendOutcome,
} from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import { getRetryDelaySeconds, MISCONFIGURED_RETRY_SECONDS } from '../../core/delivery/retry-delay.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { interruptNobody } from '../../core/routing/target.ts';
import { readIncident } from '../shared/read-incident.ts';
import { toRetry } from './finish-delivery.ts';
import { limitChannel, type RateLimitPorts } from './limit-channel.ts';
import { loadNotice, type NoticePorts } from './load-notice.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';
import { type PreparedNotice, prepareNotice } from './render-notice.ts';
import { renderThreadDetails } from './send-notice.ts';
import { isRefused } from './send-rendered.ts';
import {
  type ClaimPorts,
  createClaimedDestination,
  type Held,
  readUnderClaim,
  runUnderClaim,
} from './under-claim.ts';

export type DeliverDetailsPorts = NoticePorts &
  RateLimitPorts &
  ClaimPorts & { incidents: Pick<IncidentStore, 'get'>; destinations: DestinationStore };

/**
 * Posts the details in the root's thread, after all waiting pages. Details are no notice: the history does
 * not list them, no other channel carries them, and details that may have arrived are not sent again. While
 * the configuration is wrong they are retried like notices, if still due.
 */
export async function deliverDetails(
  ports: DeliverDetailsPorts,
  input: Delivering<DetailsMessage>,
): Promise<DeliverNoticeResult> {
  const { incidentId, target } = input.message;
  const budget = startBudget(ports.clock.now());
  const item = createClaimedDestination(ports.destinations, incidentId, target.destination);
  const result = await runUnderClaim(ports, item, { budget }, async (held) => {
    const incident = await readUnderClaim(held, () => readIncident(ports, incidentId));
    return deliverHeld(ports, input, { ...held, budget }, incident);
  });
  return result ?? toRetry('another run is sending to this destination');
}

async function deliverHeld(
  ports: DeliverDetailsPorts,
  { message, attempt }: Delivering<DetailsMessage>,
  { record, save, budget }: Held<DestinationRecord> & { budget: Budget },
  incident: Incident,
): Promise<DeliverNoticeResult> {
  const { clock, log } = ports;
  const { root } = record;
  if (root === undefined || findDetailsSuperseded(incident, record) !== undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  const limits = { budget, rank: 'rest', editRank: 'rest', slots: record.slots ?? [] } as const;
  const channel = limitChannel(ports, { message, attempt }, limits);
  const notice = await prepareNotice(ports, incident, message, () =>
    loadNotice(ports, incident, message.effect),
  );
  const outcome = await postDetails(channel, root, message, notice);
  if (outcome === undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  if (outcome.kind === 'misconfigured' || (outcome.kind === 'retryable' && !outcome.mayHaveArrived)) {
    const slots = outcome.kind === 'retryable' ? (outcome.slots ?? []) : [];
    await save(keepSlots(record, message.key, slots, clock.now()));
    return retryAfter(outcome, attempt);
  }
  if (outcome.kind !== 'delivered') {
    const { reason, detail } = outcome;
    const about = { incidentId: incident.id, destination: message.target.destination, reason, detail };
    log.warn('details of an incident were not delivered', about);
  }
  await save(keepSlots({ ...record, detailsOf: root }, message.key, [], clock.now()));
  return { kind: 'done', outcome: outcome.kind === 'delivered' ? 'delivered' : 'failed' };
}

/**
 * If the server refuses them as they are, sends plain text with the reason. `undefined`: there are no details by now.
 */
async function postDetails(
  channel: Channel,
  root: MessageRef,
  { target }: DetailsMessage,
  notice: PreparedNotice,
): Promise<SendOutcome | undefined> {
  const details = await renderThreadDetails(channel, notice, target);
  if (details === undefined) return undefined;
  const outcome = await channel.reply(root, details.body, { broadcast: false });
  if (outcome.kind === 'delivered' || details.simpler === undefined || !isRefused(outcome)) return outcome;
  const plain = channel.renderPlain(
    { kind: 'notice', notice: notice.plain, why: outcome.detail },
    interruptNobody(target),
  );
  return channel.reply(root, plain.body, { broadcast: false });
}

function retryAfter(
  outcome: Extract<SendOutcome, { kind: 'misconfigured' | 'retryable' }>,
  attempt: number,
): DeliverNoticeResult {
  const reason = `${outcome.reason}: ${outcome.detail}`;
  if (outcome.kind === 'misconfigured') {
    return { kind: 'retry', afterSeconds: MISCONFIGURED_RETRY_SECONDS, reason };
  }
  const afterSeconds = getRetryDelaySeconds(attempt, outcome.retryAfterMs);
  return { kind: 'retry', afterSeconds, reason, rateLimited: isRateLimited(outcome) ? true : undefined };
}
