import type { SlackChannel } from '../../core/delivery/channels.ts';
import { updateRecord } from '../../core/delivery/delivered-record.ts';
import {
  type DestinationRecord,
  isMissing,
  type MessageRef,
  type SendOutcome,
} from '../../core/delivery/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isFiring } from '../../core/incident/status.ts';
import { renderSlackRoot } from '../../core/notice/slack/slack-message.ts';
import type { PreparedNotice } from './render-notice.ts';
import { sendOrPlain, toSlackMessage } from './send-or-plain.ts';
import type { SendResult, SlackPorts, SlackSending } from './slack-sending.ts';

/** How many earlier roots are remembered. */
const MAX_EARLIER_ROOTS = 10;

/** The incident's root at this destination; `undefined` without one. */
export function getRootRef(record: DestinationRecord): MessageRef | undefined {
  if (record.channelId === undefined || record.rootTs === undefined) return undefined;
  return { channelId: record.channelId, ts: record.rootTs };
}

/** An edit interrupts nobody. */
export function editRoot(
  slack: SlackChannel,
  root: MessageRef,
  notice: PreparedNotice,
): Promise<SendOutcome> {
  const message = toSlackMessage(notice, [], renderSlackRoot);
  return sendOrPlain(message, notice, [], (each) => slack.update(root, each));
}

/** Remembers a root in whose place another stands, because its thread takes no reply. */
export function leaveRoot(record: DestinationRecord, root: MessageRef): DestinationRecord {
  if (record.rootTs === undefined || record.rootTs === root.ts) return record;
  return { ...record, earlierRoots: [...(record.earlierRoots ?? []), root].slice(-MAX_EARLIER_ROOTS) };
}

/** Whether roots are edited to the end although its reply was not taken as it should. A retry does that by itself. */
export function hasToSayEnd(incident: Incident, { outcome }: SendResult): boolean {
  return !isFiring(incident) && outcome.kind !== 'retryable';
}

/**
 * Whatever became of the reply, people must not read for ever that it fires: the roots say the end. The outcome stays
 * that of the reply, unless an edit has to be tried again.
 */
export async function bringEndUpToDate(
  ports: SlackPorts,
  sending: SlackSending,
  result: SendResult,
): Promise<SendResult> {
  const { message, incident, notice } = sending;
  const posted = result.outcome.kind === 'delivered';
  // Recorded before the edits, so that a failing edit never repeats the new root.
  if (posted) await ports.keep(result.record);
  const { outcome: failed, record } = await editEarlierRoots(ports.slack, sending, result.record);
  // Stays out of date, so that the message comes again for the roots that remain.
  if (failed) return { outcome: failed, record: { ...record, lastSeq: sending.record.lastSeq } };
  const root = getRootRef(record);
  if (posted || root === undefined) return { ...result, record };
  const outcome = await editRoot(ports.slack, root, notice);
  if (outcome.kind === 'retryable') return { outcome, record };
  const rootCurrent = outcome.kind === 'delivered';
  return { ...result, record: updateRecord(record, message, incident, { notified: false, rootCurrent }) };
}

/** Once it has ended, the roots that were left say so too. `outcome`: why one of them has to be tried again. */
export async function editEarlierRoots(
  slack: SlackChannel,
  { incident, notice }: SlackSending,
  record: DestinationRecord,
): Promise<{ outcome?: SendOutcome; record: DestinationRecord }> {
  if (record.earlierRoots === undefined || isFiring(incident)) return { record };
  const { earlierRoots, ...rest } = record;
  for (const [index, root] of earlierRoots.entries()) {
    const outcome = await editRoot(slack, root, notice);
    const mayWork = outcome.kind === 'retryable' || outcome.kind === 'misconfigured';
    if (mayWork && !isMissing(outcome))
      return { outcome, record: { ...rest, earlierRoots: earlierRoots.slice(index) } };
  }
  return { record: rest };
}
