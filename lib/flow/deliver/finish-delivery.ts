import type { Intent } from '../../core/delivery/claim.ts';
import { type Plan, type SendPlan, showsFiring } from '../../core/delivery/decide.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import { addUncertainSend, keepSlots } from '../../core/delivery/delivered-record.ts';
import {
  type DeliveryRecord,
  type DestinationRecord,
  isRateLimited,
  isSameMessage,
  type MessageRef,
  type SendFailure,
} from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import {
  getNextAttemptSeconds,
  isChannelFailure,
  isUrgent,
  recordFailure,
} from '../../core/delivery/fail-over.ts';
import { MISCONFIGURED_RETRY_SECONDS } from '../../core/delivery/retry-delay.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isFiring } from '../../core/incident/status.ts';
import { findChannel } from '../../core/routing/channel-routes.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type FailOverPorts, failOver, releaseReport, reportFailure } from './fail-over.ts';
import type { SentNotice } from './notice-sending.ts';
import { type Delivering, type DeliverNoticeResult, recordDelivery } from './record-delivery.ts';
import type { Held } from './under-claim.ts';

const CLAIM_RETRY_SECONDS = 5;
/** From this attempt on, a page whose details cannot be queued goes without them: people have the page. */
const LAST_ATTEMPT_FOR_DETAILS = 5;

export type FinishPorts = FailOverPorts & { destinations: Pick<DestinationStore, 'saveDelivery'> };

export type Seen = { incident: Incident; record: DestinationRecord; plan: Plan };
export type Planned = Seen & { plan: SendPlan };
type Save = Pick<Held<DestinationRecord>, 'save'>;

/** Whether nothing is to be sent. */
export function isSettled(plan: Plan): plan is Exclude<Plan, SendPlan> {
  return plan.do === 'superseded' || plan.do === 'notified';
}

/** Ends a message without a send and releases the claim. */
export async function finishWithoutSending(
  ports: FinishPorts,
  input: Delivering,
  { save }: Save,
  { record, plan }: Seen & { plan: Exclude<Plan, SendPlan> },
): Promise<DeliverNoticeResult> {
  const [, queued, result] = await Promise.all([
    Promise.all([save(record), plan.do === 'superseded' ? releaseReport(ports, input.message) : undefined]),
    // The earlier attempt may have died before it queued the details.
    plan.do === 'notified' && record.root !== undefined && !isSameMessage(record.detailsOf, record.root)
      ? queueDetails(ports, input.message, record)
      : true,
    plan.do === 'superseded'
      ? done(ports, input, 'superseded', plan.why)
      : done(ports, input, 'delivered', 'sent by an earlier attempt'),
  ]);
  return mayFinish(queued, input.attempt) ? result : toRetry(NOT_QUEUED);
}

/**
 * A message that may have arrived, because only an answer was lost, is repeated slowly. (A digest does this
 * itself for all its incidents.) The history keeps the last attempt's outcome.
 */
export async function deferRepeat(
  ports: FinishPorts,
  { message, attempt }: Delivering,
  { save }: Save,
  { incident, record }: Planned,
  waits: Millis,
): Promise<DeliverNoticeResult> {
  const detail = 'it may have arrived, only the answer is missing';
  const failure: SendFailure = { kind: 'retryable', reason: 'timeout', detail };
  await save(await failOver(ports, { message, incident, record, failure }));
  const until = { ...failure, unasked: true as const, retryAfterMs: waits };
  return retry(ports, message, incident, until, attempt, detail);
}

/**
 * Records the outcome of a send, and decides whether the message has to come again. `result.sent` is the
 * message that was sent for it.
 */
export async function finishDelivery(
  ports: FinishPorts,
  input: Delivering,
  { save, intent }: Save & { intent: Intent | undefined },
  result: SentNotice & { incident: Incident; plan: SendPlan; sent: NoticeMessage },
): Promise<DeliverNoticeResult> {
  const { outcome, incident, plan, sent, hasDetails } = result;
  const { message, attempt } = input;
  const { incidentId } = message;
  const now = ports.clock.now();
  const slots = outcome.kind === 'retryable' ? (outcome.slots ?? []) : [];
  const record = keepSlots(addUncertainSend(result.record, outcome, intent, now), message.key, slots, now);
  if (outcome.kind === 'delivered') {
    const { failure: _, wholeChannel: __, ...well } = record;
    const notified = await reportFailure(ports, { message, incident, record: well }, outcome);
    const [saved, result, queued] = await Promise.all([
      save(notified),
      done(ports, input, plan.do === 'digest' ? 'digest' : 'delivered', outcome.refused, outcome.ref),
      hasDetails ? queueDetails(ports, sent, notified) : true,
    ]);
    // The run that has the claim now decides from the record what remains; this run no longer can.
    if (!saved) return toRetry('another run has taken this destination over');
    return mayFinish(queued, attempt) ? result : toRetry(NOT_QUEUED);
  }
  const detail = `${outcome.reason}: ${outcome.detail}`;
  const channel = findChannel(ports.channels, message.target.channel);
  const notified = await failOver(ports, { message, incident, record, failure: outcome });
  if (outcome.kind === 'misconfigured' && isFiring(incident)) {
    await save(recordFailure(channel, notified, message.target, outcome));
    await recordDelivery(ports, input, 'retrying', detail);
    return { kind: 'retry', afterSeconds: MISCONFIGURED_RETRY_SECONDS, reason: detail };
  }
  if (outcome.kind === 'misconfigured' && showsFiring(notified, incident)) {
    await save(recordFailure(channel, notified, message.target, outcome));
    return setAside(ports, input, detail);
  }
  // A message that nobody needs any more does not wait until somebody mends the configuration.
  if (outcome.kind !== 'retryable') {
    await save(recordFailure(channel, notified, message.target, outcome));
    const { reason } = outcome;
    ports.log.error('a notice cannot be delivered', { incidentId, reason, detail: outcome.detail });
    return done(ports, input, 'failed', detail);
  }
  // Only a failure of the channel is reported, not a queue that moves slowly.
  const fails = isChannelFailure(message, outcome, now);
  await save(fails ? recordFailure(channel, notified, message.target, outcome) : notified);
  await recordDelivery(ports, input, 'retrying', detail);
  return retry(ports, message, incident, outcome, attempt, detail);
}

export function toRetry(reason: string): DeliverNoticeResult {
  return { kind: 'retry', afterSeconds: CLAIM_RETRY_SECONDS, reason };
}

/**
 * Retries the end of an incident that people still read there as firing, until the configuration is mended or the
 * message is a dead letter. A new page does not wait behind it, and supersedes it.
 */
async function setAside(ports: FinishPorts, input: Delivering, reason: string): Promise<DeliverNoticeResult> {
  const { message } = input;
  const record = await recordDelivery(ports, input, 'retrying', reason);
  if (message.setAside) return { kind: 'retry', afterSeconds: MISCONFIGURED_RETRY_SECONDS, reason };
  await ports.deliveries.send([{ ...message, setAside: true, attempt: message.attempt + 1 }]);
  return { kind: 'done', outcome: 'retrying', record };
}

function retry(
  { clock }: FinishPorts,
  message: NoticeMessage,
  incident: Incident,
  failure: Extract<SendFailure, { kind: 'retryable' }>,
  attempt: number,
  reason: string,
): DeliverNoticeResult {
  const urgent = isUrgent(message, incident) && message.failover === undefined;
  const afterSeconds = getNextAttemptSeconds(message, urgent, failure, attempt, clock.now());
  return {
    kind: 'retry',
    afterSeconds,
    reason,
    rateLimited: isRateLimited(failure) ? true : undefined,
  };
}

const NOT_QUEUED = 'the details of an incident could not be queued';

function mayFinish(detailsAreQueued: boolean, attempt: number): boolean {
  return detailsAreQueued || attempt >= LAST_ATTEMPT_FOR_DETAILS;
}

/**
 * Queues the message for the details; `false`: the queue did not accept it. People have their page by then, so the
 * message comes again for the details a few times only, and is never a dead letter for them.
 */
async function queueDetails(
  { deliveries, log }: FinishPorts,
  { effect, ...message }: NoticeMessage,
  { root }: DestinationRecord,
): Promise<boolean> {
  const { schema, incidentId, target } = message;
  const { userAction: _, ...shown } = effect;
  const key = hashSha256(`${message.key}\n${root?.ts}\ndetails`, 40);
  try {
    await deliveries.send([
      { schema, kind: 'details', key, incidentId, target, effect: { ...shown, ping: false }, attempt: 1 },
    ]);
    return true;
  } catch (error) {
    log.error('details of an incident were not queued', { incidentId, error });
    return false;
  }
}

async function done(
  ports: FinishPorts,
  input: Delivering,
  outcome: DeliveryRecord['outcome'],
  detail?: string,
  ref?: MessageRef,
): Promise<DeliverNoticeResult> {
  return { kind: 'done', outcome, record: await recordDelivery(ports, input, outcome, detail, ref) };
}
