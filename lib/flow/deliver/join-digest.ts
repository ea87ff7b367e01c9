import type { NoticeMessage, StormEndMessage } from '../../core/delivery/deliver-message-schema.ts';
import { updateRecord } from '../../core/delivery/delivered-record.ts';
import type { DestinationRecord } from '../../core/delivery/delivery.ts';
import type { DeliveryQueue } from '../../core/delivery/delivery-queue.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import type { Millis } from '../../core/shared/time.ts';
import {
  getDestinationKey,
  getStormAfter,
  mayJoinDigest,
  STORM_ENDS_AFTER,
  toStormEntry,
} from '../../core/storm/storm.ts';
import type { StormDetector } from '../../core/storm/storm-store.ts';
import type { SentNotice } from './notice-sending.ts';
import { type DigestRequest, type PublishDigestPorts, publishDigest } from './publish-digest.ts';

export type StormPorts = PublishDigestPorts & {
  storms: PublishDigestPorts['storms'] & { stormDetector: StormDetector };
  deliveries: DeliveryQueue;
};

/** A notice for one destination, of which a storm is told. */
type Arriving = { message: NoticeMessage; incident: Incident; record: DestinationRecord };

/**
 * Returns the start of the target's storm if this message has to become a line of its digest. Counts every
 * incident that is new there. A message that stays separate in any case is never delayed by the count, even
 * if the table fails.
 */
export async function readStorm(
  ports: StormPorts,
  { message, incident, record }: Arriving,
): Promise<Millis | undefined> {
  const { stormDetector } = ports.storms;
  const isNew = record.lastSeq === 0 && message.failover === undefined;
  if (!isNew && record.digest === undefined) return undefined;
  const now = ports.clock.now();
  const place = getDestinationKey(message.target);
  const arrival = { incidentId: incident.id, now, limit: getStormAfter(ports.catalog) };
  if (!mayJoinDigest(message, incident)) {
    if (isNew) await stormDetector.admit(place, arrival).catch(() => undefined);
    return undefined;
  }
  const admission = await stormDetector.admit(place, { ...arrival, until: now + STORM_ENDS_AFTER });
  if (admission.kind === 'standalone') return undefined;
  if (!admission.hasCloser) {
    await ports.deliveries.send([toStormEnd(message, admission.startedAt)]);
    await stormDetector.keep({ place, startedAt: admission.startedAt }, { hasCloser: true });
  }
  return admission.startedAt;
}

/** Shows an incident in the digest; `delivered` once people can read it there. */
export async function joinDigest(
  ports: StormPorts,
  { message, incident, record }: Arriving,
  request: Omit<DigestRequest, 'since' | 'closing'>,
): Promise<SentNotice> {
  const { startedAt } = request;
  const storm = { place: getDestinationKey(message.target), startedAt };
  const entry = await ports.storms.entries.put(storm, toStormEntry(incident, message, ports.clock.now()));
  const outcome = await publishDigest(ports, { ...request, since: entry.at, closing: false });
  if (outcome.kind !== 'delivered') {
    // Kept, so that the next attempt finds the same digest even after the storm.
    return { outcome, record: { ...record, digest: { startedAt, seq: message.effect.seq } } };
  }
  const sent = { notified: true, rootCurrent: true, digest: { startedAt } };
  return { outcome, record: updateRecord(record, message, incident, sent) };
}

/** The incident has a message of its own from now on, so its digest no longer shows its state. */
export async function leaveDigest(ports: StormPorts, { message, incident, record }: Arriving): Promise<void> {
  if (record.digest === undefined) return;
  const storm = { place: getDestinationKey(message.target), startedAt: record.digest.startedAt };
  await ports.storms.entries.put(storm, toStormEntry(incident, message, ports.clock.now(), true));
}

function toStormEnd({ schema, incidentId, target }: NoticeMessage, startedAt: Millis): StormEndMessage {
  const key = hashSha256(`storm ${getDestinationKey(target)} ${startedAt}`, 40);
  return { schema, kind: 'storm-end', key, incidentId, target, startedAt, attempt: 1 };
}
