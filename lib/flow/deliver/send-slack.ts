import { getUserActionsShownUntil, updateRecord } from '../../core/delivery/delivered-record.ts';
import { isMissing, type MessageRef } from '../../core/delivery/delivery.ts';
import { FAIL_OVER_AFTER } from '../../core/delivery/retry-delay.ts';
import { listUserActions } from '../../core/notice/document/action-line.ts';
import type { SlackMessage } from '../../core/notice/notice.ts';
import { renderOrPlain } from '../../core/notice/plain-notice.ts';
import {
  renderPlainNoticeToSlack,
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
  renderSlackUserAction,
  renderSlackWebhook,
} from '../../core/notice/slack/slack-message.ts';
import { type PreparedNotice, renderNotice } from './render-notice.ts';
import { sendOrPlain, toSlackMessage } from './send-or-plain.ts';
import {
  bringEndUpToDate,
  editEarlierRoots,
  editRoot,
  getRootRef,
  hasToSayEnd,
  leaveRoot,
} from './slack-roots.ts';
import type { SendResult, SlackPorts, SlackSending, SlackTarget } from './slack-sending.ts';

/** A new root carries the mentions if it interrupts; an edit interrupts nobody. */
export async function sendSlack(
  ports: SlackPorts,
  target: SlackTarget,
  sending: SlackSending,
): Promise<SendResult> {
  const { record, plan, notice } = sending;
  const root = getRootRef(record);
  if (plan.do === 'post' || root === undefined) return postRoot(ports, target, target.mentions, sending);

  let current = record;
  if (plan.reply === 'quiet' || plan.reply === 'broadcast') {
    const broadcast = plan.reply === 'broadcast';
    const { mentions } = target;
    const reply = await sendOrPlain(
      toSlackMessage(notice, mentions, renderSlackReply),
      notice,
      mentions,
      (message) => ports.slack.reply(root, message, { broadcast }),
    );
    if (reply.kind !== 'delivered') {
      const instead = isMissing(reply)
        ? await replaceRoot(ports, target, mentions, root, sending)
        : { outcome: reply, record };
      return plan.updateRoot && hasToSayEnd(sending.incident, instead)
        ? bringEndUpToDate(ports, sending, instead)
        : instead;
    }
    current = updateRecord(record, sending.message, sending.incident, { notified: true, rootCurrent: false });
    // Recorded before the edit, so that a failing edit never repeats the reply.
    if (plan.updateRoot) await ports.keep(current);
  }
  if (plan.updateRoot) {
    const earlier = await editEarlierRoots(ports.slack, sending, current);
    current = earlier.record;
    if (earlier.outcome) return { outcome: earlier.outcome, record: current };
    const update = await editRoot(ports.slack, root, notice);
    if (isMissing(update)) {
      // If a reply has already interrupted people, the new root does not interrupt them again.
      const mentions = current.lastPingSeq < sending.message.seq ? target.mentions : [];
      return postRoot(ports, target, mentions, { ...sending, record: current });
    }
    if (update.kind !== 'delivered') return { outcome: update, record: current };
  }
  const shown = updateRecord(current, sending.message, sending.incident, {
    notified: false,
    rootCurrent: plan.updateRoot,
  });
  if (plan.reply === 'user-action') return sendUserAction(ports, target, root, { ...sending, record: shown });
  return { outcome: { kind: 'delivered', ref: root }, record: shown };
}

/** Follows the edit, because the person who acted waits for the edit. */
async function sendUserAction(
  ports: SlackPorts,
  target: SlackTarget,
  root: MessageRef,
  sending: SlackSending,
): Promise<SendResult> {
  const { message, incident, record, notice } = sending;
  const { userAction } = message;
  if (userAction === undefined) return { outcome: { kind: 'delivered', ref: root }, record };
  // In time, every user action has a line of its own; after an outage one line has all.
  const isLate = ports.now - message.at >= FAIL_OVER_AFTER;
  const others = listUserActions(incident).filter(
    ({ at }) => isLate && at !== message.at && at > getUserActionsShownUntil(record, message),
  );
  const line = renderOrPlain(
    () => renderSlackUserAction({ ...message, userAction }, others),
    (why) => renderPlainNoticeToSlack(notice.plain, why, []),
    notice.failed,
  );
  const outcome = await sendOrPlain(line, notice, [], (reply) =>
    ports.slack.reply(root, reply, { broadcast: false }),
  );
  if (isMissing(outcome)) return replaceRoot(ports, target, [], root, sending);
  if (outcome.kind !== 'delivered') return { outcome, record };
  const notified = updateRecord(record, message, incident, {
    notified: false,
    rootCurrent: false,
    userAction: isLate ? 'with-others' : 'alone',
  });
  return { outcome: { kind: 'delivered', ref: root }, record: notified };
}

/** A thread that takes no reply any more is as a message that is gone; the root may stand there all the same. */
async function replaceRoot(
  ports: SlackPorts,
  target: SlackTarget,
  mentions: string[],
  root: MessageRef,
  sending: SlackSending,
): Promise<SendResult> {
  const result = await postRoot(ports, target, mentions, sending);
  if (result.outcome.kind !== 'delivered') return result;
  return { ...result, record: leaveRoot(result.record, root) };
}

async function postRoot(
  { slack }: SlackPorts,
  target: SlackTarget,
  mentions: string[],
  sending: SlackSending,
): Promise<SendResult> {
  const { message, incident, record, notice } = sending;
  const render = slack.canEdit ? renderSlackRoot : renderSlackWebhook;
  const whole = toSlackMessage(notice, mentions, render);
  const outcome = await sendOrPlain(whole, notice, mentions, (root) => slack.post(target.to, root));
  if (outcome.kind !== 'delivered') return { outcome, record };
  const sent = { notified: true, rootCurrent: true, ref: outcome.ref };
  const notified = updateRecord(record, message, incident, sent);
  const details = outcome.ref === undefined ? undefined : renderThreadDetails(notice);
  // Two plain messages would be identical.
  const hasDetails = details !== undefined && !(isPlain(whole) && isPlain(details));
  return { outcome, record: notified, hasDetails: hasDetails ? hasDetails : undefined };
}

/**
 * The details for the thread, or a plain text if they cannot be rendered. `undefined`: the root has
 * everything.
 */
export function renderThreadDetails(notice: PreparedNotice): SlackMessage | undefined {
  if (notice.plain.state !== 'firing') return undefined;
  return renderNotice<SlackMessage | undefined>(notice, renderSlackDetails, (plain, why) =>
    renderPlainNoticeToSlack(plain, why, []),
  );
}

/** Whether a message has only text, which Slack has no reason to refuse. */
export function isPlain({ blocks }: SlackMessage): boolean {
  return blocks.length === 0;
}
