import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import { findTiersCalledSince } from './already-notified.ts';
import { type Claimed, findDoubt, type Intent } from './claim.ts';
import type { DeliverMessage, DestinationRecord, MessageRef, SendOutcome } from './delivery.ts';
import { type BookedSlot, LATEST_EDIT } from './rate-limit.ts';

/** Keys remembered of what was told somewhere instead of elsewhere. */
const MAX_INSTEAD = 10;

/**
 * What a send has put before people: a message of its own or a reply, and whether the root was brought up to date.
 * `digest`: as a line of that storm's digest, and so in no message of its own.
 */
export type Said = {
  spoke: boolean;
  rootCurrent: boolean;
  ref?: MessageRef;
  digest?: { startedAt: Millis };
  /** What a person did was put into the thread, which says nothing about what fires. */
  deed?: true;
};

/** The destination's record after a send. `lastSeq` is the version shown, which can be later than the message's. */
export function updateRecord(
  before: DestinationRecord,
  message: DeliverMessage,
  incident: Incident,
  said: Said,
): DestinationRecord {
  const record: DestinationRecord = { ...before };
  if (said.ref) {
    record.channelId = said.ref.channelId;
    record.rootTs = said.ref.ts;
  }
  if (said.digest) record.digest = { startedAt: said.digest.startedAt, seq: message.seq };
  else if (said.spoke) delete record.digest;
  if (said.rootCurrent) record.lastSeq = Math.max(before.lastSeq, message.seq, incident.version);
  if (said.deed || said.spoke) Object.assign(record, withDeeds(before, message, incident));
  if (said.deed && record.doubt?.firing === false) delete record.doubt;
  if (!said.spoke) return record;
  // Whatever may have been told before, this is the last thing that people know.
  delete record.doubt;
  if (message.instead) record.instead = [...(before.instead ?? []), message.key].slice(-MAX_INSTEAD);

  if (message.ping) {
    record.lastPingSeq = Math.max(before.lastPingSeq, message.seq);
    record.lastTier = Math.max(before.lastTier, message.tier);
    Object.assign(record, findTiersCalledSince(record, message));
  }
  record.lastSaidFiring = isShownFiring(message, incident);
  // Whatever it was decided for, it was told as resolved: the resolve itself is no news there any more.
  if (!record.lastSaidFiring)
    record.resolvedSeq = Math.max(before.resolvedSeq, message.seq, incident.version);
  return record;
}

/** All that people did, for as far as the incident still knows it, is said by whatever is said. */
function withDeeds(
  { lastDeedSeq = 0, lastDeedAt = 0 }: DestinationRecord,
  { seq, at, deed }: DeliverMessage,
  { ack, silence, version }: Incident,
): Pick<DestinationRecord, 'lastDeedSeq' | 'lastDeedAt'> {
  const until = Math.max(lastDeedAt, ack?.at ?? 0, silence?.at ?? 0);
  if (deed === undefined) return until === 0 ? {} : { lastDeedAt: until };
  return { lastDeedSeq: Math.max(lastDeedSeq, until > at ? version : seq), lastDeedAt: Math.max(until, at) };
}

/** What people did up to then was said here. */
export function getUserActionsShownUntil(record: DestinationRecord, { at }: DeliverMessage): Millis {
  // Items of the version before do not say.
  return record.lastDeedAt ?? (record.lastDeedSeq === undefined ? 0 : at);
}

/** Who hears that it flaps waits for an end that is still to be told, whatever the state is just then. */
export function isShownFiring(message: Pick<DeliverMessage, 'reason'>, incident: Incident): boolean {
  return isFiring(incident) || (message.reason === 'flapping' && incident.flappingSince !== undefined);
}

/** The record after a send that may have come to people, though nobody can say so. */
export function addDoubt<R extends Claimed>(
  record: R,
  outcome: SendOutcome,
  intent: Intent | undefined,
  now: Millis,
): R {
  if (outcome.kind !== 'retryable' || !outcome.doubtful || intent === undefined) return record;
  return { ...record, doubt: findDoubt(record.doubt, { ...intent, at: now }) };
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
