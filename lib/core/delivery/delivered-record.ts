import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import { recordCalled } from './already-notified.ts';
import { type Claimed, countUncertainSend, type Intent } from './claim.ts';
import type { NoticeMessage } from './deliver-message-schema.ts';
import type { DestinationRecord, MessageRef, SendOutcome } from './delivery.ts';
import { type BookedSlot, LONGEST_LATE } from './rate-limit.ts';

/** How many keys of failed-over messages are remembered. */
const MAX_FAILED_OVER = 10;

/**
 * What a send has shown: a new message or reply (`notified`), and whether the root is up to date. `digest`:
 * shown as a line of that storm's digest, not in a message of its own.
 */
export type Sent = {
  notified: boolean;
  rootCurrent: boolean;
  ref?: MessageRef;
  digest?: { startedAt: Millis };
  /**
   * A user action was put into the thread, alone or with all others that the incident records; this says nothing about
   * what fires.
   */
  userAction?: 'alone' | 'with-others';
};

/**
 * The destination's record after a send. `lastSeq` is the version shown, which may be later than the
 * message's.
 */
export function updateRecord(
  before: DestinationRecord,
  message: NoticeMessage,
  incident: Incident,
  sent: Sent,
): DestinationRecord {
  const { seq, ping, tier } = message.effect;
  const record: DestinationRecord = { ...before };
  if (sent.ref) record.root = sent.ref;
  if (sent.digest) record.digest = { startedAt: sent.digest.startedAt, seq };
  else if (sent.notified) delete record.digest;
  if (sent.rootCurrent) record.lastSeq = Math.max(before.lastSeq, seq, incident.version);
  if (sent.userAction === 'alone') Object.assign(record, addUserAction(before, message));
  else if (sent.userAction || sent.notified) Object.assign(record, addUserActions(before, message, incident));
  if (sent.userAction && record.uncertainSends?.firing === false) delete record.uncertainSends;
  if (!sent.notified) return record;
  // This message replaces whatever an uncertain send may have shown.
  delete record.uncertainSends;
  if (message.failover)
    record.failedOverKeys = [...(before.failedOverKeys ?? []), message.key].slice(-MAX_FAILED_OVER);

  if (ping) {
    record.lastPingSeq = Math.max(before.lastPingSeq, seq);
    record.lastTier = Math.max(before.lastTier, tier);
    Object.assign(record, recordCalled(record, message));
  }
  record.lastShownFiring = isShownFiring(incident);
  // It was shown as resolved, whatever its reason: the resolve itself is no longer news there.
  if (!record.lastShownFiring) record.resolvedSeq = Math.max(before.resolvedSeq, seq, incident.version);
  return record;
}

function addUserAction(
  { lastUserActionSeq = 0, lastUserActionAt = 0 }: DestinationRecord,
  { effect: { seq, at } }: NoticeMessage,
): Pick<DestinationRecord, 'lastUserActionSeq' | 'lastUserActionAt'> {
  return {
    lastUserActionSeq: Math.max(lastUserActionSeq, seq),
    lastUserActionAt: Math.max(lastUserActionAt, at),
  };
}

/** Every message shows all user actions that the incident still records. */
function addUserActions(
  { lastUserActionSeq = 0, lastUserActionAt = 0 }: DestinationRecord,
  { effect: { seq, at, userAction } }: NoticeMessage,
  { ack, silence, version }: Incident,
): Pick<DestinationRecord, 'lastUserActionSeq' | 'lastUserActionAt'> {
  const until = Math.max(lastUserActionAt, ack?.at ?? 0, silence?.at ?? 0);
  if (userAction === undefined) return until === 0 ? {} : { lastUserActionAt: until };
  return {
    lastUserActionSeq: Math.max(lastUserActionSeq, until > at ? version : seq),
    lastUserActionAt: Math.max(until, at),
  };
}

/** What flaps counts as firing, because every message says so and its end must still follow. */
export function isShownFiring(incident: Incident): boolean {
  return isFiring(incident) || incident.flapping.since !== undefined;
}

/** Counts a send that may have arrived without a confirmation. */
export function addUncertainSend<R extends Claimed>(
  record: R,
  outcome: SendOutcome,
  intent: Intent | undefined,
  now: Millis,
): R {
  if (outcome.kind !== 'retryable' || !outcome.mayHaveArrived || intent === undefined) return record;
  return { ...record, uncertainSends: countUncertainSend(record.uncertainSends, { ...intent, at: now }) };
}

/** Replaces the slots booked for this message. Drops slots that nobody used in time. */
export function keepSlots(
  record: DestinationRecord,
  key: string,
  booked: BookedSlot[],
  now: Millis,
): DestinationRecord {
  const { slots = [], ...rest } = record;
  const others = slots.filter((slot) => slot.key !== key && slot.at + LONGEST_LATE > now);
  const all = [...others, ...booked];
  return { ...rest, slots: all.length > 0 ? all : undefined };
}
