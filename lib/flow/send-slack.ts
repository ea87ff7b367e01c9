import type { SlackChannel } from '../core/delivery/channels.ts';
import type { Plan } from '../core/delivery/decide.ts';
import type { DeliverMessage, DestinationRecord, SendOutcome } from '../core/delivery/delivery.ts';
import type { DestinationStore } from '../core/delivery/destination-store.ts';
import { toldRecord } from '../core/delivery/told-record.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { Notice } from '../core/notice/notice.ts';
import { renderSlackReply, renderSlackRoot, renderSlackWebhook } from '../core/notice/slack-message.ts';
import type { Target } from '../core/routing/target.ts';

/** What came of it, and the destination's record with all that people have seen by now, failed or not. */
export type SendResult = { outcome: SendOutcome; record: DestinationRecord };

type SlackTarget = Extract<Target, { channel: 'slack' }>;

type SlackSending = {
  message: DeliverMessage;
  incident: Incident;
  record: DestinationRecord;
  plan: Exclude<Plan, { do: 'superseded' }>;
  notice: Notice;
};

/** The root carries the mentions when it is what interrupts; an edit interrupts nobody. */
export async function sendSlack(
  ports: { slack: SlackChannel; destinations: Pick<DestinationStore, 'save'> },
  target: SlackTarget,
  sending: SlackSending,
): Promise<SendResult> {
  const { record, plan } = sending;
  const root = rootRef(record);
  if (plan.do === 'post' || root === undefined) return postRoot(ports.slack, target, sending);

  let current = record;
  if (plan.reply !== 'none') {
    const reply = await ports.slack.reply(root, renderSlackReply(sending.notice, target.mentions), {
      broadcast: plan.reply === 'broadcast',
    });
    if (isGone(reply)) return postRoot(ports.slack, target, sending);
    if (reply.kind !== 'delivered') return { outcome: reply, record };
    current = toldRecord(record, sending.message, sending.incident, { spoke: true, rootCurrent: false });
    // Recorded before the edit is tried, so that a failing edit never repeats the reply.
    if (plan.updateRoot) await ports.destinations.save(sending.message.incidentId, current);
  }
  if (!plan.updateRoot) {
    const shown = toldRecord(current, sending.message, sending.incident, { spoke: false, rootCurrent: true });
    return { outcome: { kind: 'delivered', ref: root }, record: shown };
  }
  const update = await ports.slack.update(root, renderSlackRoot(sending.notice, []));
  if (isGone(update)) return postRoot(ports.slack, target, { ...sending, record: current });
  if (update.kind !== 'delivered') return { outcome: update, record: current };
  const shown = toldRecord(current, sending.message, sending.incident, { spoke: false, rootCurrent: true });
  return { outcome: { kind: 'delivered', ref: root }, record: shown };
}

async function postRoot(
  slack: SlackChannel,
  target: SlackTarget,
  sending: SlackSending,
): Promise<SendResult> {
  const { message, incident, record, notice } = sending;
  const render = slack.canEdit ? renderSlackRoot : renderSlackWebhook;
  const outcome = await slack.post(target.to, render(notice, target.mentions));
  if (outcome.kind !== 'delivered') return { outcome, record };
  const said = { spoke: true, rootCurrent: true, ...(outcome.ref ? { ref: outcome.ref } : {}) };
  return { outcome, record: toldRecord(record, message, incident, said) };
}

function rootRef(record: DestinationRecord): { channelId: string; ts: string } | undefined {
  if (record.channelId === undefined || record.rootTs === undefined) return undefined;
  return { channelId: record.channelId, ts: record.rootTs };
}

/** The root was deleted, or Slack no longer lets it be edited: the incident needs a new one. */
function isGone(outcome: SendOutcome): boolean {
  return outcome.kind === 'permanent' && outcome.reason === 'not_found';
}
