import { type Budget, startBudget } from '../../core/delivery/budget.ts';
import { getRepeatDelay, type Intent } from '../../core/delivery/claim.ts';
import { decide, decideFailover, type SendPlan, sendsMessage } from '../../core/delivery/decide.ts';
import { isShownFiring } from '../../core/delivery/delivered-record.ts';
import {
  createNotConfigured,
  type DeliverMessage,
  type DestinationRecord,
} from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import { getRank } from '../../core/delivery/fail-over.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { isFiring } from '../../core/incident/status.ts';
import type { PictureEncoder } from '../../core/notice/email/draw-chart.ts';
import { MINUTE, type Millis, SECOND } from '../../core/shared/time.ts';
import { DEFAULT_STORM_AFTER, mayJoinDigest } from '../../core/storm/storm.ts';
import { catchUp, recordCatchUp } from './catch-up.ts';
import { closeDigest } from './close-digest.ts';
import { deliverDetails } from './deliver-details.ts';
import type { FailOverPorts } from './fail-over.ts';
import {
  deferRepeat,
  finishDelivery,
  finishWithoutSending,
  isSettled,
  type Planned,
  toRetry,
} from './finish-delivery.ts';
import { joinDigest, leaveDigest, readStorm, type StormPorts } from './join-digest.ts';
import { type ChannelPorts, getAbilities, limitChannels, slackNotConfigured } from './limit-channels.ts';
import { loadNotice, type NoticePorts, readFirstParts } from './load-notice.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';
import { prepareNotice } from './render-notice.ts';
import { sendMail } from './send-mail.ts';
import { sendSlack } from './send-slack.ts';
import type { SendResult } from './slack-sending.ts';
import { type ClaimPorts, createClaimedDestination, type Held, runUnderClaim } from './under-claim.ts';

export type DeliverNoticePorts = FailOverPorts &
  NoticePorts &
  ChannelPorts &
  ClaimPorts & {
    incidents: Pick<IncidentStore, 'get'>;
    destinations: DestinationStore;
    storms: StormPorts['storms'];
    /** Encodes the pictures of a mail's charts. */
    pictures: PictureEncoder;
    /** Right side of the mails' Message-IDs. */
    mailDomain: string;
  };

/**
 * Delivers one notice to one destination: claims the destination, reads the current state, decides, sends,
 * records. The message comes again after a temporary failure, and after a configuration fault while something
 * fires. A refusal of the message itself is recorded, and the message is done. `failOver` decides about other
 * destinations. A crash between the send and its record repeats only that one message.
 *
 * Independent reads run at the same time: before a first page leaves, the table is queried in three rounds.
 */
export async function deliverNotice(
  ports: DeliverNoticePorts,
  input: Delivering,
): Promise<DeliverNoticeResult> {
  const { message } = input;
  const now = ports.clock.now();
  const budget = startBudget(now);
  if (message.storm !== undefined) {
    const channels = {
      ...limitChannels(ports, input, budget, { rank: 'message', editRank: 'message' }),
      abilities: getAbilities(ports, message),
      budget,
    };
    return closeDigest(stormPorts(ports), input, message.storm.startedAt, channels);
  }
  const { key, seq, incidentId, target } = message;
  const first = isFirstPage(message, now);
  const stateRead = first ? read(ports, message) : undefined;
  const parts = first ? readFirstParts(ports, message) : undefined;
  // A failed read throws under the claim, which is then released.
  stateRead?.catch(() => undefined);

  const item = createClaimedDestination(ports.destinations, incidentId, target.destination);
  const intent = first ? { key, seq, firing: true, at: now } : undefined;
  const result = await runUnderClaim(ports, item, { budget, intent }, async (held) => {
    const state = await readUnderClaim(ports, message, held, { stateRead, at: now });
    return message.details
      ? deliverDetails(ports, input, { ...held, budget }, state.incident)
      : deliverHeld(ports, input, { ...held, budget, intent, parts }, state);
  });
  return result ?? toRetry('another run is sending to this destination');
}

type Holding = Held<DestinationRecord> & {
  budget: Budget;
  intent: Intent | undefined;
  parts: ReturnType<typeof readFirstParts> | undefined;
};

/** The first message of an incident, while no other message can have been sent. */
function isFirstPage({ reason, failover, muted, details, at }: DeliverMessage, now: Millis): boolean {
  if (failover !== undefined || muted !== undefined || details) return false;
  return reason === 'opened' && now - at < MINUTE;
}

/** `failing`: the record of the destination that does not accept the notice. */
type State = { incident: Incident; failing: DestinationRecord | undefined };

async function read(
  { incidents, destinations }: DeliverNoticePorts,
  { incidentId, failover }: DeliverMessage,
): Promise<State> {
  const [incident, failing] = await Promise.all([
    incidents.get(incidentId),
    failover && destinations.read(incidentId, failover.destination),
  ]);
  if (incident === undefined) throw new Error(`incident ${incidentId} is not there yet`);
  return { incident, failing };
}

/**
 * Reads the state under the claim: an earlier run may have sent this notice, or the incident may have
 * resolved. Only a first page uses the state read while claiming, unless that took long or the record is
 * newer. Releases the claim if the read fails.
 */
async function readUnderClaim(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
  { record, save }: Held<DestinationRecord>,
  { stateRead, at }: { stateRead: Promise<State> | undefined; at: Millis },
): Promise<State> {
  try {
    const state = await stateRead;
    const isOld = state && (record.lastSeq > state.incident.version || ports.clock.now() - at > SECOND);
    return state === undefined || isOld ? await read(ports, message) : state;
  } catch (error) {
    await save(record).catch(() => false);
    throw error;
  }
}

async function deliverHeld(
  ports: DeliverNoticePorts,
  input: Delivering,
  held: Holding,
  { incident, failing }: State,
): Promise<DeliverNoticeResult> {
  const { message } = input;
  const { record } = held;
  const abilities = getAbilities(ports, message);
  const decided = failing
    ? decideFailover(message, incident, record, failing, abilities)
    : decide(message, incident, record, abilities, ports.clock.now());
  if (isSettled(decided))
    return finishWithoutSending(ports, input, held, { incident, record, plan: decided });

  const intent = toIntent(ports, message, incident, decided);
  if (intent && held.intent === undefined) await held.intend(intent);
  const notified = { message, incident, record };
  // A message that stays separate in any case is only counted, while it is sent.
  const counted =
    decided.do === 'post' && standsAlone(notified) ? readStorm(stormPorts(ports), notified) : undefined;
  const plan = counted ? decided : await applyStorm(ports, notified, decided);
  const planned = { incident, record, plan };
  const waits =
    sendsMessage(plan) && plan.do !== 'digest' ? getRepeatDelay(record.uncertainSends, ports.clock.now()) : 0;
  if (waits > 0) return deferRepeat(ports, input, held, planned, waits);
  const late =
    plan.do === 'digest' || !sendsMessage(plan) ? undefined : await catchUp(ports, message, incident);
  const sending = { ...input, message: late?.message ?? message };
  const [sent] = await Promise.all([send(ports, sending, held, planned), counted]);
  const paged = sent.record.lastPingSeq >= message.seq && record.lastPingSeq < message.seq;
  const known = paged ? recordCatchUp(ports, sent.record, { message, incident, late }) : sent.record;
  const result = { ...sent, record: known, incident, plan, sent: sending.message };
  return finishDelivery(ports, input, { save: held.save, intent }, result);
}

/** Nothing for what people only find in a message that they have. */
function toIntent(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
  incident: Incident,
  plan: SendPlan,
): Intent | undefined {
  if (!sendsMessage(plan)) return undefined;
  const { key, seq } = message;
  const userAction = plan.do === 'edit' && plan.reply === 'user-action';
  return { key, seq, firing: !userAction && isShownFiring(message, incident), at: ports.clock.now() };
}

type TimelineItemBase = { message: DeliverMessage; incident: Incident; record: DestinationRecord };

function standsAlone({ message, incident, record }: TimelineItemBase): boolean {
  return record.digest === undefined && !mayJoinDigest(message, incident);
}

/**
 * In a storm, a new message becomes a line of the digest. A message that stays separate takes its incident
 * out of the digest.
 */
async function applyStorm(
  ports: DeliverNoticePorts,
  notified: TimelineItemBase,
  plan: SendPlan,
): Promise<SendPlan> {
  if (plan.do !== 'post') return plan;
  const startedAt = await readStorm(stormPorts(ports), notified);
  if (startedAt !== undefined) return { do: 'digest', startedAt };
  await leaveDigest(stormPorts(ports), notified);
  return plan;
}

async function send(
  ports: DeliverNoticePorts,
  input: Delivering,
  { budget, keep, parts }: Holding,
  { incident, record, plan }: Planned,
): Promise<SendResult> {
  const { message, attempt } = input;
  const { target } = message;
  const rank = getRank(message, incident, plan);
  // The digest's record keeps no slots.
  const rateLimited =
    plan.do === 'digest'
      ? { rank, editRank: rank }
      : { rank, editRank: 'rest' as const, slots: record.slots ?? [] };
  const { slack, mail } = limitChannels(ports, input, budget, rateLimited);
  if (plan.do === 'digest') {
    const abilities = getAbilities(ports, message);
    const request = { target, slack, mail, key: message.key, attempt, abilities, budget };
    const notified = { message, incident, record };
    return joinDigest(stormPorts(ports), notified, { ...request, startedAt: plan.startedAt });
  }
  // A first page does not wait for other channels' failures. Parts read for a firing do not fit a resolve.
  const channelFailures = parts === undefined ? await listChannelFailures(ports, message) : [];
  const known = { channelFailures, parts: isFiring(incident) ? parts : undefined };
  const notice = await prepareNotice(ports, incident, message, () =>
    loadNotice(ports, incident, message, known),
  );
  const sending = { message, incident, record, plan, notice };
  switch (target.channel) {
    case 'slack':
      return slack === undefined
        ? { record, outcome: slackNotConfigured }
        : sendSlack({ slack, keep, now: ports.clock.now() }, target, sending);
    case 'email':
      return mail === undefined
        ? { record, outcome: createNotConfigured('SMTP_HOST is not set') }
        : sendMail({ ...ports, mail, domain: ports.mailDomain }, target, { ...sending, attempt });
  }
}

/** Worth a line if it can be read, and never a delay. */
async function listChannelFailures(ports: DeliverNoticePorts, message: DeliverMessage): Promise<string[]> {
  const { incidentId, failover, target } = message;
  const failing = await ports.destinations.failing(incidentId).catch(() => []);
  const others = failing.filter(({ destination, wholeChannel }) => {
    if (destination === target.destination || destination === failover?.destination) return false;
    return !(wholeChannel && (destination === 'email') === (target.channel === 'email'));
  });
  return [
    ...(failover ? [failover.why] : []),
    ...others.map(
      ({ destination, failure }) => `Not delivered to ${destination.replace(/^slack:/, '')}: ${failure}`,
    ),
  ];
}

function stormPorts(ports: DeliverNoticePorts) {
  return { ...ports, stormAfter: ports.catalog.stormAfter ?? DEFAULT_STORM_AFTER };
}
