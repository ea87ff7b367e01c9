import { type Budget, timeToSend } from '../core/delivery/budget.ts';
import { detailsSuperseded } from '../core/delivery/decide.ts';
import { type DestinationRecord, isPaced } from '../core/delivery/delivery.ts';
import { retryDelaySeconds } from '../core/delivery/retry-delay.ts';
import { withSlots } from '../core/delivery/told-record.ts';
import type { Incident } from '../core/incident/incident.ts';
import { type NoticePorts, noticeFor } from './notice-for.ts';
import { type ChannelPorts, pacedChannels } from './paced-channels.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';
import { rootRef, writtenDetails } from './send-slack.ts';
import type { Held } from './under-claim.ts';
import { toWrite } from './write-notice.ts';

/**
 * Puts what a root had no room for under it, after all pages that want their turn. It is no notice: the history does
 * not list it, no other channel carries it, and one that may have arrived is not sent again.
 */
export async function deliverDetails(
  ports: NoticePorts & ChannelPorts,
  input: Delivering,
  { record, save, budget }: Held<DestinationRecord> & { budget: Budget },
  incident: Incident,
): Promise<DeliverNoticeResult> {
  const { message, attempt } = input;
  const { clock, log } = ports;
  const root = rootRef(record);
  const paced = { rank: 'rest', editRank: 'rest', slots: record.slots ?? [] } as const;
  const { slack } = pacedChannels(ports, input, budget, paced);
  if (slack === undefined || root === undefined || detailsSuperseded(incident, record) !== undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  const notice = await toWrite(ports, incident, message, () => noticeFor(ports, incident, message));
  const details = writtenDetails(notice);
  if (details === undefined || timeToSend(budget, clock.now()) === undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  const outcome = await slack.reply(root, details, { broadcast: false });
  if (outcome.kind === 'retryable' && !outcome.doubtful) {
    await save(withSlots(record, message.key, outcome.slots ?? [], clock.now()));
    const afterSeconds = retryDelaySeconds(attempt, outcome.retryAfterMs);
    const reason = `${outcome.reason}: ${outcome.detail}`;
    return { kind: 'retry', afterSeconds, reason, ...(isPaced(outcome) ? { paced: true as const } : {}) };
  }
  if (outcome.kind !== 'delivered')
    log.warn('details of an incident are not told', { incidentId: incident.id, detail: outcome.detail });
  await save(withSlots({ ...record, detailsTs: root.ts }, message.key, [], clock.now()));
  return { kind: 'done', outcome: outcome.kind === 'delivered' ? 'delivered' : 'failed' };
}
