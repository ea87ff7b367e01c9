import type { Channel } from '../../core/channel/channel.ts';
import { startBudget } from '../../core/delivery/budget.ts';
import { getRepeatDelay, type Intent } from '../../core/delivery/claim.ts';
import {
  decide,
  decideFailover,
  type SendPlan,
  type Situation,
  sendsMessage,
} from '../../core/delivery/decide.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import { isShownFiring } from '../../core/delivery/delivered-record.ts';
import type { DestinationRecord } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { findChannel } from '../../core/routing/channel-routes.ts';
import { MINUTE, type Millis, SECOND } from '../../core/shared/time.ts';
import { mayJoinDigest } from '../../core/storm/storm.ts';
import { readIncident } from '../shared/read-incident.ts';
import { catchUp, recordCatchUp } from './catch-up.ts';
import type { FailOverPorts } from './fail-over.ts';
import { deferRepeat, finishDelivery, finishWithoutSending, isSettled, toRetry } from './finish-delivery.ts';
import { leaveDigest, readStorm, type StormPorts } from './join-digest.ts';
import { type RateLimitPorts } from './limit-channel.ts';
import { type NoticePorts, readFirstParts } from './load-notice.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';
import { type SendingHeld, sendPlanned } from './send-planned.ts';
import { type ClaimPorts, createClaimedDestination, readUnderClaim, runUnderClaim } from './under-claim.ts';

export type DeliverNoticePorts = FailOverPorts &
  NoticePorts &
  RateLimitPorts &
  ClaimPorts & {
    incidents: Pick<IncidentStore, 'get'>;
    destinations: DestinationStore;
    storms: StormPorts['storms'];
    channels: readonly Channel[];
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
  const early = isFirstPage(message, now) ? readEarly(ports, message, now) : undefined;
  const { key, incidentId, target } = message;
  const intent = early && { key, seq: message.effect.seq, firing: true, at: now };
  const item = createClaimedDestination(ports.destinations, incidentId, target.destination);
  const result = await runUnderClaim(ports, item, { budget, intent }, async (held) => {
    const state = await readUnderClaim(held, () => load(ports, message, held.record, early));
    return deliverHeld(ports, input, { ...held, budget, intent, parts: early?.parts }, state);
  });
  return result ?? toRetry('another run is sending to this destination');
}

type Holding = SendingHeld & { intent: Intent | undefined };

/** The first message of an incident, while no other message can have been sent. */
function isFirstPage({ effect, failover, muted }: NoticeMessage, now: Millis): boolean {
  if (failover !== undefined || muted !== undefined) return false;
  return effect.reason === 'opened' && now - effect.at < MINUTE;
}

/** `failing`: the record of the destination that does not accept the notice. */
type State = { incident: Incident; failing: DestinationRecord | undefined };

/** What is read while the claim is taken. */
type Early = { state: Promise<State>; parts: ReturnType<typeof readFirstParts>; at: Millis };

function readEarly(ports: DeliverNoticePorts, message: NoticeMessage, at: Millis): Early {
  const state = readState(ports, message);
  // A failed read throws under the claim, which is then released.
  state.catch(() => undefined);
  return { state, parts: readFirstParts(ports, message), at };
}

async function readState(ports: DeliverNoticePorts, { incidentId, failover }: NoticeMessage): Promise<State> {
  const [incident, failing] = await Promise.all([
    readIncident(ports, incidentId),
    failover && ports.destinations.read(incidentId, failover.destination),
  ]);
  return { incident, failing };
}

/**
 * Reads the state under the claim: an earlier run may have sent this notice, or the incident may have
 * resolved. Only a first page uses the state read while claiming, unless that took long or the record is
 * newer.
 */
async function load(
  ports: DeliverNoticePorts,
  message: NoticeMessage,
  record: DestinationRecord,
  early: Early | undefined,
): Promise<State> {
  const state = await early?.state;
  if (state === undefined || early === undefined) return readState(ports, message);
  const isOld = record.lastSeq > state.incident.version || ports.clock.now() - early.at > SECOND;
  return isOld ? readState(ports, message) : state;
}

async function deliverHeld(
  ports: DeliverNoticePorts,
  input: Delivering,
  held: Holding,
  { incident, failing }: State,
): Promise<DeliverNoticeResult> {
  const { message } = input;
  const { record } = held;
  const { abilities } = findChannel(ports.channels, message.target.channel);
  const situation: Situation = { message, incident, record, abilities, now: ports.clock.now() };
  const decided = failing ? decideFailover(situation, failing) : decide(situation);
  if (isSettled(decided))
    return finishWithoutSending(ports, input, held, { incident, record, plan: decided });

  const intent = toIntent(situation, decided);
  if (intent && held.intent === undefined) await held.intend(intent);
  const { plan, counted } = await decideInStorm(ports, situation, decided);
  const planned = { incident, record, plan };
  const isMessage = sendsMessage(plan) && plan.do !== 'digest';
  const mayRepeat = !isMessage || abilities.dropsRepeats;
  const waits = mayRepeat ? 0 : getRepeatDelay(record.uncertainSends, ports.clock.now());
  if (waits > 0) return deferRepeat(ports, input, held, planned, waits);

  const late = isMessage ? await catchUp(ports, message, incident) : undefined;
  const sending = { ...input, message: late?.message ?? message };
  const [sent] = await Promise.all([sendPlanned(ports, sending, held, planned), counted]);

  const known = recordCatchUp(ports, { before: record, after: sent.record }, { message, incident, late });
  const result = { ...sent, record: known, incident, plan, sent: sending.message };
  return finishDelivery(ports, input, { save: held.save, intent }, result);
}

/** Nothing for what people only find in a message that they have. */
function toIntent({ message, incident, now }: Situation, plan: SendPlan): Intent | undefined {
  if (!sendsMessage(plan)) return undefined;
  const { key, effect } = message;
  const userAction = plan.do === 'edit' && plan.reply === 'user-action';
  return { key, seq: effect.seq, firing: !userAction && isShownFiring(incident), at: now };
}

/**
 * In a storm, a new message becomes a line of the digest. A message that stays separate takes its incident
 * out of the digest, or, if that is certain beforehand, is only `counted` while it is sent.
 */
async function decideInStorm(
  ports: DeliverNoticePorts,
  situation: Situation,
  plan: SendPlan,
): Promise<{ plan: SendPlan; counted?: Promise<unknown> }> {
  if (plan.do !== 'post') return { plan };
  const { message, incident, record } = situation;
  const standsAlone = record.digest === undefined && !mayJoinDigest(message, incident);
  if (standsAlone) return { plan, counted: readStorm(ports, situation) };
  const startedAt = await readStorm(ports, situation);
  if (startedAt !== undefined) return { plan: { do: 'digest', startedAt } };
  await leaveDigest(ports, situation);
  return { plan };
}
