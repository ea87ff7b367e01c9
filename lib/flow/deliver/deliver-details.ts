import type { Budget } from '../../core/delivery/budget.ts';
import type { SlackChannel } from '../../core/delivery/channels.ts';
import { findDetailsSuperseded } from '../../core/delivery/decide.ts';
import { keepSlots } from '../../core/delivery/delivered-record.ts';
import {
  type DestinationRecord,
  isRateLimited,
  type MessageRef,
  type SendOutcome,
} from '../../core/delivery/delivery.ts';
import { getRetryDelaySeconds, MISCONFIGURED_RETRY_SECONDS } from '../../core/delivery/retry-delay.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { renderPlainNoticeToSlack } from '../../core/notice/slack/slack-message.ts';
import { type ChannelPorts, limitChannels, slackNotConfigured } from './limit-channels.ts';
import { loadNotice, type NoticePorts } from './load-notice.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';
import { type PreparedNotice, prepareNotice } from './render-notice.ts';
import { isPlain, renderThreadDetails } from './send-slack.ts';
import { getRootRef } from './slack-roots.ts';
import type { Held } from './under-claim.ts';

/**
 * Posts the details in the root's thread, after all waiting pages. Details are no notice: the history does
 * not list them, no other channel carries them, and details that may have arrived are not sent again. While
 * the configuration is wrong they are retried like notices, if still due.
 */
export async function deliverDetails(
  ports: NoticePorts & ChannelPorts,
  input: Delivering,
  { record, save, budget }: Held<DestinationRecord> & { budget: Budget },
  incident: Incident,
): Promise<DeliverNoticeResult> {
  const { message, attempt } = input;
  const { clock, log } = ports;
  const root = getRootRef(record);
  if (root === undefined || findDetailsSuperseded(incident, record) !== undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  const rateLimited = { rank: 'rest', editRank: 'rest', slots: record.slots ?? [] } as const;
  const { slack } = limitChannels(ports, input, budget, rateLimited);
  const notice = await prepareNotice(ports, incident, message, () => loadNotice(ports, incident, message));
  const outcome = await postDetails(slack, root, notice);
  if (outcome === undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  if (outcome.kind === 'misconfigured' || (outcome.kind === 'retryable' && !outcome.mayHaveArrived)) {
    const slots = outcome.kind === 'retryable' ? (outcome.slots ?? []) : [];
    await save(keepSlots(record, message.key, slots, clock.now()));
    return retryAfter(outcome, attempt);
  }
  if (outcome.kind !== 'delivered') {
    const { reason, detail } = outcome;
    const { destination } = message.target;
    log.warn('details of an incident were not delivered', {
      incidentId: incident.id,
      destination,
      reason,
      detail,
    });
  }
  await save(keepSlots({ ...record, detailsTs: root.ts }, message.key, [], clock.now()));
  return { kind: 'done', outcome: outcome.kind === 'delivered' ? 'delivered' : 'failed' };
}

/**
 * If Slack refuses the blocks, sends plain text with the reason. `undefined`: there are no details by now.
 */
async function postDetails(
  slack: SlackChannel | undefined,
  root: MessageRef,
  notice: PreparedNotice,
): Promise<SendOutcome | undefined> {
  const details = renderThreadDetails(notice);
  if (details === undefined) return undefined;
  if (slack === undefined) return slackNotConfigured;
  const outcome = await slack.reply(root, details, { broadcast: false });
  const refused = outcome.kind === 'permanent' && outcome.reason === 'rejected' && !isPlain(details);
  if (!refused) return outcome;
  return slack.reply(root, renderPlainNoticeToSlack(notice.plain, outcome.detail, []), { broadcast: false });
}

function retryAfter(
  outcome: Extract<SendOutcome, { kind: 'misconfigured' | 'retryable' }>,
  attempt: number,
): DeliverNoticeResult {
  const reason = `${outcome.reason}: ${outcome.detail}`;
  if (outcome.kind === 'misconfigured') {
    return { kind: 'retry', afterSeconds: MISCONFIGURED_RETRY_SECONDS, reason };
  }
  const afterSeconds = getRetryDelaySeconds(attempt, outcome.retryAfterMs);
  return {
    kind: 'retry',
    afterSeconds,
    reason,
    rateLimited: isRateLimited(outcome) ? true : undefined,
  };
}
