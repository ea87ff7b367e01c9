import type { Channel } from '../../core/channel/channel.ts';
import { updateRecord } from '../../core/delivery/delivered-record.ts';
import {
  type DestinationRecord,
  isMissing,
  isSameMessage,
  type MessageRef,
  type SendOutcome,
} from '../../core/delivery/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isFiring } from '../../core/incident/status.ts';
import { interruptNobody } from '../../core/routing/target.ts';
import type { NoticeSending, SentNotice } from './notice-sending.ts';
import { renderNotice } from './render-notice.ts';
import { editRendered } from './send-rendered.ts';

/** How many earlier roots are remembered. */
const MAX_EARLIER_ROOTS = 10;

/** An edit interrupts nobody. */
export async function editRoot(
  channel: Channel,
  root: MessageRef,
  { message, notice }: NoticeSending,
): Promise<SendOutcome> {
  const to = interruptNobody(message.target);
  const rendered = await renderNotice(channel, notice, (each) => ({ kind: 'root', notice: each }), { to });
  return rendered ? editRendered(channel, root, rendered) : { kind: 'delivered', ref: root };
}

/** Remembers a root in whose place another stands, because its thread takes no reply. */
export function leaveRoot(record: DestinationRecord, root: MessageRef): DestinationRecord {
  if (record.root === undefined || isSameMessage(record.root, root)) return record;
  return { ...record, earlierRoots: [...(record.earlierRoots ?? []), root].slice(-MAX_EARLIER_ROOTS) };
}

/** Whether roots are edited to the end although its reply was not taken as it should. A retry does that by itself. */
export function hasToSayEnd(incident: Incident, { outcome }: SentNotice): boolean {
  return !isFiring(incident) && outcome.kind !== 'retryable';
}

/**
 * Whatever became of the reply, people must not read for ever that it fires: the roots say the end. The outcome stays
 * that of the reply, unless an edit has to be tried again.
 */
export async function bringEndUpToDate(
  channel: Channel,
  sending: NoticeSending,
  result: SentNotice,
): Promise<SentNotice> {
  const { message, incident } = sending;
  const posted = result.outcome.kind === 'delivered';
  // Recorded before the edits, so that a failing edit never repeats the new root.
  if (posted) await sending.keep(result.record);
  const { outcome: failed, record } = await editEarlierRoots(channel, sending, result.record);
  // Stays out of date, so that the message comes again for the roots that remain.
  if (failed) return { outcome: failed, record: { ...record, lastSeq: sending.record.lastSeq } };
  if (posted || record.root === undefined) return { ...result, record };
  const outcome = await editRoot(channel, record.root, sending);
  if (outcome.kind === 'retryable') return { outcome, record };
  const rootCurrent = outcome.kind === 'delivered';
  return { ...result, record: updateRecord(record, message, incident, { notified: false, rootCurrent }) };
}

/** Once it has ended, the roots that were left say so too. `outcome`: why one of them has to be tried again. */
export async function editEarlierRoots(
  channel: Channel,
  sending: NoticeSending,
  record: DestinationRecord,
): Promise<{ outcome?: SendOutcome; record: DestinationRecord }> {
  if (record.earlierRoots === undefined || isFiring(sending.incident)) return { record };
  const { earlierRoots, ...rest } = record;
  for (const [index, root] of earlierRoots.entries()) {
    const outcome = await editRoot(channel, root, sending);
    const mayWork = outcome.kind === 'retryable' || outcome.kind === 'misconfigured';
    if (mayWork && !isMissing(outcome))
      return { outcome, record: { ...rest, earlierRoots: earlierRoots.slice(index) } };
  }
  return { record: rest };
}
