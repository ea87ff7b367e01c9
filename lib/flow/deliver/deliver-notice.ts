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
  finishDelivery,
  finishWithoutSending,
  isSettled,
  isTooSoonToRepeat,
  type Planned,
  toRetry,
} from './finish-delivery.ts';
import { joinDigest, leaveDigest, readStorm, type StormPorts } from './join-digest.ts';
import { type ChannelPorts, getAbilities, limitChannels, slackNotConfigured } from './limit-channels.ts';
import { loadNotice, type NoticePorts, readFirstParts } from './load-notice.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';
import { prepareNotice } from './render-notice.ts';
import { sendMail } from './send-mail.ts';
import { type SendResult, sendSlack } from './send-slack.ts';
import { type ClaimPorts, createClaimedDestination, type Held, runUnderClaim } from './under-claim.ts';

export type DeliverNoticePorts = FailOverPorts &
  NoticePorts &
  ChannelPorts &
  ClaimPorts & {
    incidents: Pick<IncidentStore, 'get'>;
    destinations: DestinationStore;
    storms: StormPorts['storms'];
    /** Makes the pictures of a mail's charts. */
    pictures: PictureEncoder;
    /** Right side of the mails' Message-IDs. */
    mailDomain: string;
  };

/**
 * Brings one notice to one destination: claims the destination, reads the current state, decides, sends, records.
 * A temporary failure asks for the message again, and so does a fault of the configuration while something fires; what
 * refuses the message itself is recorded and the message is done. What comes of it at other destinations is
 * `fallBack`'s. A crash between the send and its record repeats that one message, and nothing else.
 *
 * What is independent runs side by side: before a first page leaves, the table is asked in three rounds.
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
  const reading = first ? read(ports, message) : undefined;
  const parts = first ? readFirstParts(ports, message) : undefined;
  // Its failure is met once the claim is held, which then is given back.
  reading?.catch(() => undefined);

  const item = createClaimedDestination(ports.destinations, incidentId, target.destination);
  const intent = first ? { key, seq, firing: true, at: now } : undefined;
  const result = await runUnderClaim(ports, item, { budget, intent }, async (held) => {
    const state = await stateUnderClaim(ports, message, held, { reading, at: now });
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

/** The first word of an incident, as long as nothing else can have been said of it. */
function isFirstPage({ reason, failover, muted, details, at }: DeliverMessage, now: Millis): boolean {
  if (failover !== undefined || muted !== undefined || details) return false;
  return reason === 'opened' && now - at < MINUTE;
}

/** `failing`: what was told where it is not taken. */
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
 * Read under the claim: a run that held it before may have said this, or the incident may have resolved. Only a first
 * page is content with what was read while the claim was taken, unless that took long or somebody has told more. When
 * it cannot be read, the claim is given back.
 */
async function stateUnderClaim(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
  { record, save }: Held<DestinationRecord>,
  { reading, at }: { reading: Promise<State> | undefined; at: Millis },
): Promise<State> {
  try {
    const state = await reading;
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

  const intent = intentOf(ports, message, incident, decided);
  if (intent && held.intent === undefined) await held.intend(intent);
  const notified = { message, incident, record };
  // What stands on its own in any case is only counted, while it is sent.
  const counted =
    decided.do === 'post' && standsAlone(notified) ? readStorm(stormPorts(ports), notified) : undefined;
  const plan = counted ? decided : await throughStorm(ports, notified, decided);
  const planned = { incident, record, plan };
  const waits =
    sendsMessage(plan) && plan.do !== 'digest' ? getRepeatDelay(record.uncertainSends, ports.clock.now()) : 0;
  if (waits > 0) return isTooSoonToRepeat(ports, input, held, planned, waits);
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
function intentOf(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
  incident: Incident,
  plan: SendPlan,
): Intent | undefined {
  if (!sendsMessage(plan)) return undefined;
  const { key, seq } = message;
  const userAction = plan.do === 'edit' && plan.reply === 'deed';
  return { key, seq, firing: !userAction && isShownFiring(message, incident), at: ports.clock.now() };
}

type TimelineItemBase = { message: DeliverMessage; incident: Incident; record: DestinationRecord };

function standsAlone({ message, incident, record }: TimelineItemBase): boolean {
  return record.digest === undefined && !mayJoinDigest(message, incident);
}

/** In a storm a message of its own becomes a line of the digest; one that stays leaves the digest it was in. */
async function throughStorm(
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
  // A digest is kept by nobody who could keep a slot for it.
  const rateLimited =
    plan.do === 'digest'
      ? { rank, editRank: rank }
      : { rank, editRank: 'rest' as const, slots: record.slots ?? [] };
  const { slack, mail } = limitChannels(ports, input, budget, rateLimited);
  if (plan.do === 'digest') {
    const abilities = getAbilities(ports, message);
    const ask = { target, slack, mail, key: message.key, attempt, abilities, budget };
    const notified = { message, incident, record };
    return joinDigest(stormPorts(ports), notified, { ...ask, startedAt: plan.startedAt });
  }
  // A first page waits for no news of other destinations, and what is known of a resolve was read for a firing.
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
        : sendSlack({ slack, keep }, target, sending);
    case 'email':
      return mail === undefined
        ? { record, outcome: createNotConfigured('SMTP_HOST is not set') }
        : sendMail({ ...ports, mail, domain: ports.mailDomain }, target, { ...sending, attempt });
  }
}

/** Worth a line where it can be read, and never a delay. */
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
