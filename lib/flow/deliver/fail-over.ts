import type { Channel } from '../../core/channel/channel.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { Delivered, DestinationRecord, SendFailure } from '../../core/delivery/delivery.ts';
import type { DeliveryQueue } from '../../core/delivery/delivery-queue.ts';
import type { FailureReportStore } from '../../core/delivery/delivery-stores.ts';
import {
  describeFailure,
  getFailoverTier,
  isChannelFailure,
  REPORT_AGAIN_AFTER,
  recordFailure,
  toChannelFailure,
} from '../../core/delivery/fail-over.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { findChannel } from '../../core/routing/channel-routes.ts';
import { findFailoverTarget } from '../../core/routing/failover-target.ts';
import { toRoutedNotice } from '../../core/routing/route-notice.ts';
import type { Tier } from '../../core/runbook/policy.ts';
import { type RunbookCatalog } from '../../core/runbook/runbook.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';

export type FailOverPorts = {
  deliveries: DeliveryQueue;
  channelFailures: FailureReportStore;
  catalog: RunbookCatalog;
  channels: readonly Channel[];
  clock: { now(): Millis };
  log: Log;
};

type Failed = { message: NoticeMessage; incident: Incident; record: DestinationRecord; failure: SendFailure };

/**
 * Delivers by another destination what one destination does not accept. That is a page of a critical incident
 * once it is late or refused for good. Every other channel failure is reported once a day. Returns the
 * destination's record with the tier that was carried. Repeatable: the same failure makes the same message.
 */
export async function failOver(ports: FailOverPorts, failed: Failed): Promise<DestinationRecord> {
  const { message, incident, record, failure } = failed;
  const now = ports.clock.now();
  if (message.failover) {
    if (failure.kind !== 'retryable') await releaseReport(ports, message);
    return record;
  }
  const tier = getFailoverTier(message, incident, record, failure, now);
  // If the record already has this failure, it was reported when this destination first failed for this
  // reason.
  const channelFailure = isChannelFailure(message, failure, now) && record.failure !== failure.detail;
  if (tier === undefined && !channelFailure) return record;

  const target = chooseTarget(ports, failed, tier);
  if (target === undefined) {
    ports.log.error('no other channel is configured for a failover', { incidentId: incident.id });
    return record;
  }
  const key = hashSha256(`${message.effect.id}\n${message.target.destination}\ninstead\n${tier ?? 0}`, 40);
  const channel = findChannel(ports.channels, message.target.channel);
  const why = describeFailure(channel, message, failure, now);
  const about = toChannelFailure(channel, message.target, failure.reason);
  const news =
    channelFailure && (await ports.channelFailures.claimReport(about, key, now, now - REPORT_AGAIN_AFTER));
  if (tier !== undefined || news) {
    const failedOver = { destination: message.target.destination, why, news: news ? about : undefined };
    await ports.deliveries.send([{ ...toFailoverMessage(failed, tier), key, target, failover: failedOver }]);
  }
  return tier === undefined ? record : { ...record, failoverTier: tier };
}

/** Nobody is told by this message, so the next one may tell that the channel fails. */
export async function releaseReport(
  { channelFailures }: Pick<FailOverPorts, 'channelFailures'>,
  { failover, key }: NoticeMessage,
): Promise<void> {
  if (failover?.news !== undefined) await channelFailures.releaseReport(failover.news, key);
}

/** That a mail was taken, but not for everybody, is told once a day like any other trouble. */
export async function reportFailure(
  ports: FailOverPorts,
  { message, incident, record }: Omit<Failed, 'failure'>,
  { refused }: Delivered,
): Promise<DestinationRecord> {
  if (refused === undefined) return record;
  const failure: SendFailure = { kind: 'permanent', reason: 'rejected', detail: refused };
  const silent = { ...message, effect: { ...message.effect, ping: false } };
  await failOver(ports, { message: silent, incident, record, failure });
  return recordFailure(findChannel(ports.channels, message.target.channel), record, message.target, failure);
}

function chooseTarget(ports: FailOverPorts, { message, incident, failure }: Failed, tier: Tier | undefined) {
  const { effect, target } = message;
  const tiers = listTiersUpTo(tier ?? effect.tier);
  const notice = toRoutedNotice(ports.catalog, incident, { ...effect, ping: tier !== undefined, tiers });
  const nearby = tier === undefined && (failure.reason === 'not_found' || failure.reason === 'rejected');
  return findFailoverTarget(ports.catalog, ports.channels, notice, target, nearby);
}

/**
 * Interrupts when it carries a page: as that page, or as the tier that the incident has reached meanwhile.
 */
function toFailoverMessage({ message, incident }: Failed, tier: Tier | undefined): NoticeMessage {
  const { setAside: _, effect, ...page } = message;
  const carried = { ...effect, ping: tier !== undefined };
  if (tier === undefined || tier <= effect.tier) return { ...page, effect: carried, attempt: 1 };
  const { version: seq } = incident;
  const higher = { ...carried, reason: 'escalated' as const, seq, tier, tiers: listTiersUpTo(tier) };
  return { ...page, effect: higher, attempt: 1 };
}

function listTiersUpTo(tier: Tier): Tier[] {
  return ([1, 2, 3] as const).filter((each) => each <= tier);
}
