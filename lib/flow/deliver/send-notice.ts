import type { Channel, Rendered } from '../../core/channel/channel.ts';
import { updateRecord } from '../../core/delivery/delivered-record.ts';
import { isMissing, type MessageRef, type SendOutcome } from '../../core/delivery/delivery.ts';
import { FAIL_OVER_AFTER } from '../../core/delivery/retry-delay.ts';
import { listUserActions } from '../../core/notice/document/action-line.ts';
import { interruptNobody, type Target } from '../../core/routing/target.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import { bringEndUpToDate, editEarlierRoots, editRoot, hasToSayEnd, leaveRoot } from './edit-roots.ts';
import type { NoticeSending, SentNotice } from './notice-sending.ts';
import { type PreparedNotice, renderNotice, renderOrPlain } from './render-notice.ts';
import { replyRendered, sendRendered } from './send-rendered.ts';

/**
 * Sends a notice as planned: as a message of its own, or as a reply to the incident's message and an edit of it. A
 * message of its own interrupts the target's people if the notice does; an edit interrupts nobody.
 */
export async function sendNotice(channel: Channel, sending: NoticeSending): Promise<SentNotice> {
  const { message, incident, record, plan } = sending;
  const { target } = message;
  const { root } = record;
  if (plan.do === 'post' || root === undefined) return post(channel, target, sending);

  let current = record;
  if (plan.reply === 'quiet' || plan.reply === 'broadcast') {
    const reply = await replyWithNews(channel, root, sending, plan.reply === 'broadcast');
    if (reply.kind !== 'delivered') {
      const instead = isMissing(reply)
        ? await replaceRoot(channel, target, root, sending)
        : { outcome: reply, record };
      return plan.updateRoot && hasToSayEnd(incident, instead)
        ? bringEndUpToDate(channel, sending, instead)
        : instead;
    }
    current = updateRecord(record, message, incident, { notified: true, rootCurrent: false });
    // Recorded before the edit, so that a failing edit never repeats the reply.
    if (plan.updateRoot) await sending.keep(current);
  }
  if (plan.updateRoot) {
    const earlier = await editEarlierRoots(channel, sending, current);
    current = earlier.record;
    if (earlier.outcome) return { outcome: earlier.outcome, record: current };
    const update = await editRoot(channel, root, sending);
    if (isMissing(update)) {
      // If a reply has already interrupted people, the new root does not interrupt them again.
      const to = current.lastPingSeq < message.effect.seq ? target : interruptNobody(target);
      return post(channel, to, { ...sending, record: current });
    }
    if (update.kind !== 'delivered') return { outcome: update, record: current };
  }
  const shown = updateRecord(current, message, incident, { notified: false, rootCurrent: plan.updateRoot });
  if (plan.reply === 'user-action') return sendUserAction(channel, root, { ...sending, record: shown });
  return { outcome: { kind: 'delivered', ref: root }, record: shown };
}

async function replyWithNews(
  channel: Channel,
  root: MessageRef,
  { message, notice }: NoticeSending,
  broadcast: boolean,
): Promise<SendOutcome> {
  const reply = await renderNotice(channel, notice, (each) => ({ kind: 'reply', notice: each }), {
    to: message.target,
  });
  return reply ? replyRendered(channel, root, reply, { broadcast }) : { kind: 'delivered', ref: root };
}

/** Follows the edit, because the person who acted waits for the edit. */
async function sendUserAction(
  channel: Channel,
  root: MessageRef,
  sending: NoticeSending,
): Promise<SentNotice> {
  const { message, incident, record, notice, now } = sending;
  const { userAction, at } = message.effect;
  const delivered: SendOutcome = { kind: 'delivered', ref: root };
  if (userAction === undefined) return { outcome: delivered, record };
  // In time, every user action has a line of its own; after an outage one line has all.
  const isLate = now - at >= FAIL_OVER_AFTER;
  const others = listUserActions(incident).filter(
    (each) => isLate && each.at !== at && each.at > (record.lastUserActionAt ?? 0),
  );
  const to = interruptNobody(message.target);
  const line = await renderOrPlain<Rendered<unknown> | undefined>(
    () => channel.render({ kind: 'action', action: { ...message.effect, userAction }, others }, to),
    (why) => channel.renderPlain({ kind: 'notice', notice: notice.plain, why }, to),
    notice.failed,
  );
  const outcome = line ? await replyRendered(channel, root, line, { broadcast: false }) : delivered;
  if (isMissing(outcome)) return replaceRoot(channel, to, root, sending);
  if (outcome.kind !== 'delivered') return { outcome, record };
  const notified = updateRecord(record, message, incident, {
    notified: false,
    rootCurrent: false,
    userAction: isLate ? 'with-others' : 'alone',
  });
  return { outcome: delivered, record: notified };
}

/** A thread that takes no reply any more is as a message that is gone; the root may stand there all the same. */
async function replaceRoot(
  channel: Channel,
  to: Target,
  root: MessageRef,
  sending: NoticeSending,
): Promise<SentNotice> {
  const result = await post(channel, to, sending);
  if (result.outcome.kind !== 'delivered') return result;
  return { ...result, record: leaveRoot(result.record, root) };
}

async function post(channel: Channel, to: Target, sending: NoticeSending): Promise<SentNotice> {
  const { message, incident, record, notice, attempt } = sending;
  // It may come to a destination that has a message of the same version already.
  const ownId = message.failover && message.key;
  const { channelState: state } = record;
  const whole = await renderNotice(channel, notice, (each) => ({ kind: 'root', notice: each, ownId }), {
    to,
    state,
    ownId,
  });
  if (whole === undefined) return { outcome: { kind: 'delivered' }, record };
  const sent = await sendRendered(channel, whole, to, {
    state,
    // After a change of the incident the message says more: a server that has seen the first must take the second.
    key: hashSha256(`${message.key}\n${incident.version}`, 40),
    seq: message.effect.seq,
    attempt,
  });
  const { outcome } = sent;
  const known = { ...record, channelState: sent.state };
  if (outcome.kind !== 'delivered') return { outcome, record: known };
  const { ref } = outcome;
  const notified = updateRecord(known, message, incident, { notified: true, rootCurrent: true, ref });
  const details = ref === undefined ? undefined : await renderThreadDetails(channel, notice, to);
  // Two plain messages would be identical.
  const hasDetails = details !== undefined && !(isPlain(whole) && isPlain(details));
  return { outcome, record: notified, hasDetails };
}

/**
 * The details for the thread, or a plain text if they cannot be rendered. `undefined`: the root has
 * everything.
 */
export async function renderThreadDetails(
  channel: Channel,
  notice: PreparedNotice,
  target: Target,
): Promise<Rendered<unknown> | undefined> {
  if (notice.plain.state !== 'firing') return undefined;
  const to = interruptNobody(target);
  return renderNotice(channel, notice, (each) => ({ kind: 'details', notice: each }), { to });
}

/** Whether a message is in its simplest form already, which the server has no reason to refuse. */
function isPlain({ simpler }: Rendered<unknown>): boolean {
  return simpler === undefined;
}
