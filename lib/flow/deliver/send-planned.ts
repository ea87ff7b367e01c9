import type { Budget } from '../../core/delivery/budget.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { DestinationRecord } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import { getRank } from '../../core/delivery/fail-over.ts';
import { isFiring } from '../../core/incident/status.ts';
import { formatDestination, getChannelName } from '../../core/routing/target.ts';
import type { Planned } from './finish-delivery.ts';
import { joinDigest, type StormPorts } from './join-digest.ts';
import { limitChannel, type RateLimitPorts } from './limit-channel.ts';
import { loadNotice, type NoticePorts, type readFirstParts } from './load-notice.ts';
import type { SentNotice } from './notice-sending.ts';
import type { Delivering } from './record-delivery.ts';
import { prepareNotice } from './render-notice.ts';
import { sendNotice } from './send-notice.ts';
import type { Held } from './under-claim.ts';

export type SendPlannedPorts = NoticePorts &
  RateLimitPorts &
  StormPorts & { destinations: Pick<DestinationStore, 'failing'> };

/** A destination under the claim of a run. `parts`: those of a first page, read while claiming. */
export type SendingHeld = Held<DestinationRecord> & {
  budget: Budget;
  parts: ReturnType<typeof readFirstParts> | undefined;
};

/** Sends a notice as planned: as a message, or as a line of a storm's digest. */
export async function sendPlanned(
  ports: SendPlannedPorts,
  { message, attempt }: Delivering,
  { budget, keep, parts }: SendingHeld,
  { incident, record, plan }: Planned,
): Promise<SentNotice> {
  const { target, key } = message;
  const rank = getRank(message, incident, plan);
  if (plan.do === 'digest') {
    // The digest's record keeps no slots.
    const channel = limitChannel(ports, { message, attempt }, { budget, rank, editRank: rank });
    const request = { target, channel, key, attempt, budget, startedAt: plan.startedAt };
    return joinDigest(ports, { message, incident, record }, request);
  }
  const limits = { budget, rank, editRank: 'rest', slots: record.slots ?? [] } as const;
  const channel = limitChannel(ports, { message, attempt }, limits);
  // A first page does not wait for other channels' failures. Parts read for a firing do not fit a resolve.
  const channelFailures = parts === undefined ? await listChannelFailures(ports, message) : [];
  const known = { channelFailures, parts: isFiring(incident) ? parts : undefined };
  const notice = await prepareNotice(ports, incident, message, () =>
    loadNotice(ports, incident, message.effect, known),
  );
  const now = ports.clock.now();
  return sendNotice(channel, { message, incident, record, plan, notice, attempt, now, keep });
}

/** Worth a line if it can be read, and never a delay. */
async function listChannelFailures(ports: SendPlannedPorts, message: NoticeMessage): Promise<string[]> {
  const { incidentId, failover, target } = message;
  const failing = await ports.destinations.failing(incidentId).catch(() => []);
  const others = failing.filter(({ destination, wholeChannel }) => {
    if (destination === target.destination || destination === failover?.destination) return false;
    return !(wholeChannel && getChannelName(destination) === target.channel);
  });
  return [
    ...(failover ? [failover.why] : []),
    ...others.map(
      ({ destination, failure }) => `Not delivered to ${formatDestination(destination)}: ${failure}`,
    ),
  ];
}
