import type { SlackChannel } from '../../core/delivery/channels.ts';
import type { SendPlan } from '../../core/delivery/decide.ts';
import { getUserActionsShownUntil, updateRecord } from '../../core/delivery/delivered-record.ts';
import {
  type DeliverMessage,
  type DestinationRecord,
  isMissing,
  type MessageRef,
  type SendOutcome,
} from '../../core/delivery/delivery.ts';
import { FAIL_OVER_AFTER } from '../../core/delivery/retry-delay.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { listUserActions } from '../../core/notice/document/action-line.ts';
import type { Notice, SlackMessage } from '../../core/notice/notice.ts';
import { renderOrPlain } from '../../core/notice/plain-notice.ts';
import {
  renderPlainNoticeToSlack,
  renderPlainSlackMessage,
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
  renderSlackUserAction,
  renderSlackWebhook,
} from '../../core/notice/slack/slack-message.ts';
import type { Target } from '../../core/routing/route-notice.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type PreparedNotice, renderNotice } from './render-notice.ts';

/**
 * The outcome, and the destination's record with everything people have seen by now, even after a failure.
 */
export type SendResult = {
  outcome: SendOutcome;
  record: DestinationRecord;
  /** The root has no room for some details. */
  hasDetails?: boolean;
};

type SlackPorts = {
  slack: SlackChannel;
  now: Millis;
  /** Stores what people have seen so far, before further sends. */
  keep(record: DestinationRecord): Promise<void>;
};

type SlackTarget = Extract<Target, { channel: 'slack' }>;

type SlackSending = {
  message: DeliverMessage;
  incident: Incident;
  record: DestinationRecord;
  plan: Exclude<SendPlan, { do: 'digest' }>;
  notice: PreparedNotice;
};

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
    if (isMissing(reply)) return postRoot(ports, target, mentions, sending);
    if (reply.kind !== 'delivered') return { outcome: reply, record };
    current = updateRecord(record, sending.message, sending.incident, { notified: true, rootCurrent: false });
    // Recorded before the edit, so that a failing edit never repeats the reply.
    if (plan.updateRoot) await ports.keep(current);
  }
  if (plan.updateRoot) {
    const update = await sendOrPlain(toSlackMessage(notice, [], renderSlackRoot), notice, [], (message) =>
      ports.slack.update(root, message),
    );
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
  if (isMissing(outcome)) return postRoot(ports, target, [], sending);
  if (outcome.kind !== 'delivered') return { outcome, record };
  const notified = updateRecord(record, message, incident, {
    notified: false,
    rootCurrent: false,
    userAction: isLate ? 'with-others' : 'alone',
  });
  return { outcome: { kind: 'delivered', ref: root }, record: notified };
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
  const sent = { notified: true, rootCurrent: true, ...(outcome.ref ? { ref: outcome.ref } : {}) };
  const notified = updateRecord(record, message, incident, sent);
  const details = outcome.ref === undefined ? undefined : renderThreadDetails(notice);
  // Two plain messages would be identical.
  const hasDetails = details !== undefined && !(isPlain(whole) && isPlain(details));
  return { outcome, record: notified, ...(hasDetails ? { hasDetails } : {}) };
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

/** The incident's root at this destination; `undefined` without one. */
export function getRootRef(record: DestinationRecord): MessageRef | undefined {
  if (record.channelId === undefined || record.rootTs === undefined) return undefined;
  return { channelId: record.channelId, ts: record.rootTs };
}

function toSlackMessage(
  notice: PreparedNotice,
  mentions: string[],
  render: (notice: Notice, mentions: string[]) => SlackMessage,
): SlackMessage {
  return renderNotice(
    notice,
    (composed) => render(composed, mentions),
    (plain, why) => renderPlainNoticeToSlack(plain, why, mentions),
  );
}

/**
 * Sends a message. If Slack refuses its blocks, sends its one line of text instead. A page without findings
 * is better than none.
 */
async function sendOrPlain(
  message: SlackMessage,
  notice: PreparedNotice,
  mentions: string[],
  send: (message: SlackMessage) => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const outcome = await send(message);
  if (outcome.kind !== 'permanent' || outcome.reason !== 'rejected') return outcome;
  return send(renderPlainSlackMessage(message, notice.plain, mentions));
}
