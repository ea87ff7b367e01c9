import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import { findTiersCalledSince } from './already-notified.ts';
import { type Claimed, countUncertainSend, type Intent } from './claim.ts';
import type { DeliverMessage, DestinationRecord, MessageRef, SendOutcome } from './delivery.ts';
import { type BookedSlot, LATEST_EDIT } from './rate-limit.ts';

/** Keys remembered of what was told somewhere instead of elsewhere. */
const MAX_INSTEAD = 10;

/**
 * What a send has put before people: a message of its own or a reply, and whether the root was brought up to date.
 * `digest`: as a line of that storm's digest, and so in no message of its own.
 */
export type Sent = {
  notified: boolean;
  rootCurrent: boolean;
  ref?: MessageRef;
  digest?: { startedAt: Millis };
  /** What a person did was put into the thread, which says nothing about what fires. */
  userAction?: true;
};

/** The destination's record after a send. `lastSeq` is the version shown, which can be later than the message's. */
export function updateRecord(
  before: DestinationRecord,
  message: DeliverMessage,
  incident: Incident,
  sent: Sent,
): DestinationRecord {
  const record: DestinationRecord = { ...before };
  if (sent.ref) {
    record.channelId = sent.ref.channelId;
    record.rootTs = sent.ref.ts;
  }
  if (sent.digest) record.digest = { startedAt: sent.digest.startedAt, seq: message.seq };
  else if (sent.notified) delete record.digest;
  if (sent.rootCurrent) record.lastSeq = Math.max(before.lastSeq, message.seq, incident.version);
  if (sent.userAction || sent.notified) Object.assign(record, addUserActions(before, message, incident));
  if (sent.userAction && record.uncertainSends?.firing === false) delete record.uncertainSends;
  if (!sent.notified) return record;
  // Whatever may have been told before, this is the last thing that people know.
  delete record.uncertainSends;
  if (message.failover)
    record.failedOverKeys = [...(before.failedOverKeys ?? []), message.key].slice(-MAX_INSTEAD);

  if (message.ping) {
    record.lastPingSeq = Math.max(before.lastPingSeq, message.seq);
    record.lastTier = Math.max(before.lastTier, message.tier);
    Object.assign(record, findTiersCalledSince(record, message));
  }
  record.lastShownFiring = isShownFiring(message, incident);
  // Whatever it was decided for, it was told as resolved: the resolve itself is no news there any more.
  if (!record.lastShownFiring)
    record.resolvedSeq = Math.max(before.resolvedSeq, message.seq, incident.version);
  return record;
}

/** All that people did, for as far as the incident still knows it, is said by whatever is said. */
function addUserActions(
  { lastUserActionSeq = 0, lastUserActionAt = 0 }: DestinationRecord,
  { seq, at, userAction }: DeliverMessage,
  { ack, silence, version }: Incident,
): Pick<DestinationRecord, 'lastUserActionSeq' | 'lastUserActionAt'> {
  const until = Math.max(lastUserActionAt, ack?.at ?? 0, silence?.at ?? 0);
  if (userAction === undefined) return until === 0 ? {} : { lastUserActionAt: until };
  return {
    lastUserActionSeq: Math.max(lastUserActionSeq, until > at ? version : seq),
    lastUserActionAt: Math.max(until, at),
  };
}

/** What people did up to then was said here. */
export function getUserActionsShownUntil(record: DestinationRecord, { at }: DeliverMessage): Millis {
  // Items of the version before do not say.
  return record.lastUserActionAt ?? (record.lastUserActionSeq === undefined ? 0 : at);
}

/** Who hears that it flaps waits for an end that is still to be told, whatever the state is just then. */
export function isShownFiring(message: Pick<DeliverMessage, 'reason'>, incident: Incident): boolean {
  return isFiring(incident) || (message.reason === 'flapping' && incident.flappingSince !== undefined);
}

/** The record after a send that may have come to people, though nobody can say so. */
export function addUncertainSend<R extends Claimed>(
  record: R,
  outcome: SendOutcome,
  intent: Intent | undefined,
  now: Millis,
): R {
  if (outcome.kind !== 'retryable' || !outcome.mayHaveArrived || intent === undefined) return record;
  return { ...record, uncertainSends: countUncertainSend(record.uncertainSends, { ...intent, at: now }) };
}

/** The record once a message has booked these slots and no others. Slots that nobody came for are forgotten. */
export function keepSlots(
  record: DestinationRecord,
  key: string,
  booked: BookedSlot[],
  now: Millis,
): DestinationRecord {
  const { slots = [], ...rest } = record;
  const others = slots.filter((slot) => slot.key !== key && slot.at + LATEST_EDIT > now);
  const all = [...others, ...booked];
  return { ...rest, ...(all.length > 0 ? { slots: all } : {}) };
}
