import { type Budget, budgetFrom } from '../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../core/delivery/channels.ts';
import { type ClaimedItem, type Intent, repeatAfter, withUnfinished } from '../core/delivery/claim.ts';
import {
  type Abilities,
  decide,
  decideInstead,
  type Plan,
  type SendPlan,
  speaks,
} from '../core/delivery/decide.ts';
import type {
  DeliverMessage,
  DeliveryRecord,
  DestinationRecord,
  MessageRef,
} from '../core/delivery/delivery.ts';
import type { DestinationStore } from '../core/delivery/destination-store.ts';
import { type Failure, isUrgent, nextAttemptSeconds } from '../core/delivery/fall-back.ts';
import { MISCONFIGURED_RETRY_SECONDS } from '../core/delivery/retry-delay.ts';
import { DEFAULT_STORM_AFTER } from '../core/delivery/storm.ts';
import { saysFiring, withDoubt } from '../core/delivery/told-record.ts';
import type { IncidentHistory } from '../core/history/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { IncidentStore } from '../core/incident/incident-store.ts';
import { isFiring } from '../core/incident/standing.ts';
import type { PictureEncoder } from '../core/notice/picture.ts';
import type { Millis } from '../core/shared/time.ts';
import { type FallBackPorts, fallBack, tellOfRefusal } from './fall-back.ts';
import { noticeFor } from './notice-for.ts';
import { type PacePorts, paceSlack } from './pace-slack.ts';
import { type Delivering, type DeliverNoticeResult, recordDelivery } from './record-delivery.ts';
import { sendMail } from './send-mail.ts';
import { type SendResult, sendSlack } from './send-slack.ts';
import { leaveDigest, type StormPorts, shareDigest, stormAt } from './share-digest.ts';
import { type ClaimPorts, type Held, underClaim } from './under-claim.ts';
import { watchStorm } from './watch-storm.ts';
import { mailWithin, slackWithin } from './within-budget.ts';
import { toWrite } from './write-notice.ts';

const CLAIM_RETRY_SECONDS = 5;

export type DeliverNoticePorts = FallBackPorts &
  PacePorts &
  ClaimPorts & {
    incidents: Pick<IncidentStore, 'get'>;
    history: Pick<IncidentHistory, 'details' | 'looks' | 'diagnoses'>;
    destinations: DestinationStore;
    storms: StormPorts['storms'];
    /** Absent: that channel is not configured. */
    slack?: SlackChannel;
    mail?: MailChannel;
    /** Makes the pictures of a mail's charts. */
    pictures: PictureEncoder;
    /** Right side of the mails' Message-IDs. */
    mailDomain: string;
    publicUrl?: string;
    /** Absent: presses of Slack's buttons do not reach this system, and so it shows none. */
    buttons?: { canSilence(source: string): boolean };
  };

/**
 * Brings one notice to one destination: reads the current state, decides, claims the destination, sends, records.
 * A temporary failure asks for the message again, and so does a fault of the configuration while something fires; what
 * refuses the message itself is recorded and the message is done. What comes of it at other destinations is `fallBack`'s. A crash between the send and its record repeats that one message, and
 * nothing else.
 */
export async function deliverNotice(
  ports: DeliverNoticePorts,
  input: Delivering,
): Promise<DeliverNoticeResult> {
  const { message } = input;
  const budget = budgetFrom(ports.clock.now());
  if (message.storm !== undefined) {
    const channels = {
      ...channelsFor(ports, input, budget, false),
      abilities: abilitiesOf(ports, message),
      budget,
    };
    return watchStorm(stormPorts(ports), input, message.storm.startedAt, channels);
  }
  const { incidentId, target } = message;
  const { destinations } = ports;
  const before = await destinations.read(incidentId, target.destination);
  const first = await look(ports, message, withUnfinished(before, ports.clock.now()));
  if (isSettled(first.plan)) return settle(ports, input, first.plan);

  const item: ClaimedItem<DestinationRecord> = {
    claim: (claim) => destinations.claim(incidentId, target.destination, claim),
    save: (record, holder) => destinations.save(incidentId, record, holder),
  };
  const intent = intentOf(ports, message, first);
  const result = await underClaim(ports, item, { budget, before, intent }, (held) =>
    deliverHeld(ports, input, { ...held, budget, intent }),
  );
  return result ?? again('another run is sending to this destination');
}

type Holding = Held<DestinationRecord> & { budget: Budget; intent: Intent | undefined };

async function deliverHeld(
  ports: DeliverNoticePorts,
  input: Delivering,
  held: Holding,
): Promise<DeliverNoticeResult> {
  const { message } = input;
  // Read anew under the claim: a run that held it before may have said this, or the incident may have resolved.
  const seen = await look(ports, message, held.record);
  if (isSettled(seen.plan)) {
    await held.save(seen.record);
    return settle(ports, input, seen.plan);
  }
  const intent = intentOf(ports, message, seen);
  if (intent && (held.intent === undefined || (intent.firing && !held.intent.firing)))
    await held.intend(intent);
  const { incident, record } = seen;
  const plan = await throughStorm(ports, input, { incident, record, plan: seen.plan });
  const planned = { incident, record, plan };
  const waits = speaks(plan) && plan.do !== 'digest' ? repeatAfter(record.doubt, ports.clock.now()) : 0;
  if (waits > 0) return notYetAgain(ports, input, held, planned, waits);
  const sent = await send(ports, input, held, planned);
  const told = withDoubt(sent.record, sent.outcome, intent, ports.clock.now());
  return conclude(ports, input, held, { ...sent, record: told, incident, plan });
}

type Seen = { incident: Incident; record: DestinationRecord; plan: Plan };
type Planned = Seen & { plan: SendPlan };

async function look(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
  record: DestinationRecord,
): Promise<Seen> {
  const { incidentId, instead } = message;
  const abilities = abilitiesOf(ports, message);
  const [incident, failing] = await Promise.all([
    ports.incidents.get(incidentId),
    instead && ports.destinations.read(incidentId, instead.destination),
  ]);
  if (incident === undefined) throw new Error(`incident ${incidentId} is not there yet`);
  const plan = failing
    ? decideInstead(message, incident, record, failing, abilities)
    : decide(message, incident, record, abilities);
  return { incident, record, plan };
}

/** Nothing for what people only find in a message that they have. */
function intentOf(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
  { incident, plan }: Seen,
): Intent | undefined {
  if (isSettled(plan) || !speaks(plan)) return undefined;
  const { key, seq } = message;
  const deed = plan.do === 'edit' && plan.reply === 'deed';
  return { key, seq, firing: !deed && saysFiring(message, incident), at: ports.clock.now() };
}

/**
 * What may be there already, because only an answer was lost, does not come again and again. (A digest looks after
 * itself, for all that are in it.) The history goes on saying what the last try came to.
 */
async function notYetAgain(
  ports: DeliverNoticePorts,
  { message, attempt }: Delivering,
  { save }: Holding,
  { incident, record }: Planned,
  waits: Millis,
): Promise<DeliverNoticeResult> {
  const detail = 'it may have arrived, only the answer is missing';
  const failure: Failure = { kind: 'retryable', reason: 'timeout', detail };
  await save(await fallBack(ports, { message, incident, record, failure }));
  const until = { ...failure, unasked: true as const, retryAfterMs: waits };
  return retry(ports, message, incident, until, attempt, detail);
}

/** Nothing is to be sent. */
function isSettled(plan: Plan): plan is Exclude<Plan, SendPlan> {
  return plan.do === 'superseded' || plan.do === 'told';
}

async function settle(
  ports: DeliverNoticePorts,
  input: Delivering,
  plan: Exclude<Plan, SendPlan>,
): Promise<DeliverNoticeResult> {
  if (plan.do === 'superseded') return done(ports, input, 'superseded', plan.why);
  return done(ports, input, 'delivered', 'sent by an earlier attempt');
}

/** In a storm a message of its own becomes a line of the digest; one that stays leaves the digest it was in. */
async function throughStorm(
  ports: DeliverNoticePorts,
  { message }: Delivering,
  { incident, record, plan }: Planned,
): Promise<SendPlan> {
  if (plan.do !== 'post') return plan;
  const startedAt = await stormAt(stormPorts(ports), { message, incident, record });
  if (startedAt !== undefined) return { do: 'digest', startedAt };
  await leaveDigest(stormPorts(ports), { message, incident, record });
  return plan;
}

async function send(
  ports: DeliverNoticePorts,
  input: Delivering,
  { budget, keep }: Holding,
  { incident, record, plan }: Planned,
): Promise<SendResult> {
  const { message, attempt } = input;
  const { target } = message;
  const { slack, mail } = channelsFor(ports, input, budget, isUrgent(message, incident));
  if (plan.do === 'digest') {
    const abilities = abilitiesOf(ports, message);
    const ask = { target, slack, mail, key: message.key, attempt, abilities, budget };
    const told = { message, incident, record };
    return shareDigest(stormPorts(ports), told, { ...ask, startedAt: plan.startedAt });
  }
  const troubles = await troublesOf(ports, message);
  const notice = await toWrite(ports, incident, message, () => noticeFor(ports, incident, message, troubles));
  const sending = { message, incident, record, plan, notice };
  switch (target.channel) {
    case 'slack':
      return slack === undefined
        ? notConfigured(record, 'neither SLACK_BOT_TOKEN nor SLACK_WEBHOOK_URL is set')
        : sendSlack({ slack, keep }, target, sending);
    case 'email':
      return mail === undefined
        ? notConfigured(record, 'SMTP_HOST is not set')
        : sendMail({ ...ports, mail, domain: ports.mailDomain }, target, { ...sending, attempt });
  }
}

async function conclude(
  ports: DeliverNoticePorts,
  input: Delivering,
  { save }: Holding,
  { outcome, record, incident, plan }: SendResult & { incident: Incident; plan: SendPlan },
): Promise<DeliverNoticeResult> {
  const { message, attempt } = input;
  const { incidentId } = message;
  if (outcome.kind === 'delivered') {
    const { failure: _, ...well } = record;
    const saved = await save(await tellOfRefusal(ports, { message, incident, record: well }, outcome));
    // Whoever has the claim by now finds out from the record what is left to do; here nobody knows any more.
    if (!saved) return again('another run has taken this destination over');
    return done(ports, input, plan.do === 'digest' ? 'digest' : 'delivered', outcome.refused, outcome.ref);
  }
  const detail = `${outcome.reason}: ${outcome.detail}`;
  const told = await fallBack(ports, { message, incident, record, failure: outcome });
  if (outcome.kind === 'misconfigured' && isFiring(incident)) {
    await save({ ...told, failure: outcome.detail });
    await recordDelivery(ports, input, 'retrying', detail);
    return { kind: 'retry', afterSeconds: MISCONFIGURED_RETRY_SECONDS, reason: detail };
  }
  // What nobody needs to act on any more keeps nothing else waiting until somebody mends the configuration.
  if (outcome.kind !== 'retryable') {
    await save({ ...told, failure: outcome.detail });
    const { reason } = outcome;
    ports.log.error('a notice cannot be delivered', { incidentId, reason, detail: outcome.detail });
    return done(ports, input, 'failed', detail);
  }
  await save(told);
  await recordDelivery(ports, input, 'retrying', detail);
  return retry(ports, message, incident, outcome, attempt, detail);
}

function retry(
  { clock }: DeliverNoticePorts,
  message: DeliverMessage,
  incident: Incident,
  failure: Extract<Failure, { kind: 'retryable' }>,
  attempt: number,
  reason: string,
): DeliverNoticeResult {
  const urgent = isUrgent(message, incident) && message.instead === undefined;
  const afterSeconds = nextAttemptSeconds(message, urgent, failure, attempt, clock.now());
  return { kind: 'retry', afterSeconds, reason };
}

/** Worth a line where it can be read, and never a delay. */
async function troublesOf(ports: DeliverNoticePorts, message: DeliverMessage): Promise<string[]> {
  const { incidentId, instead, target } = message;
  const failing = await ports.destinations.failing(incidentId).catch(() => []);
  const others = failing.filter(
    ({ destination }) => destination !== target.destination && destination !== instead?.destination,
  );
  return [
    ...(instead ? [instead.why] : []),
    ...others.map(
      ({ destination, failure }) => `Not delivered to ${destination.replace(/^slack:/, '')}: ${failure}`,
    ),
  ];
}

function abilitiesOf(ports: DeliverNoticePorts, message: DeliverMessage): Abilities {
  if (message.target.channel === 'email') return 'mails';
  return ports.slack?.canEdit === false ? 'posts' : 'edits';
}

function channelsFor(
  ports: DeliverNoticePorts,
  { message, attempt }: Delivering,
  budget: Budget,
  urgent: boolean,
) {
  const { slack, mail, clock } = ports;
  const caller = { lane: message.target.destination, urgent, key: message.key, attempt };
  return {
    mail: mail && mailWithin(clock, mail, budget),
    // The time that it waits for its turn is taken off as well.
    slack: slack && paceSlack(ports, slackWithin(clock, slack, budget), caller),
  };
}

function stormPorts(ports: DeliverNoticePorts) {
  return { ...ports, stormAfter: ports.catalog.stormAfter ?? DEFAULT_STORM_AFTER };
}

async function notConfigured(record: DestinationRecord, detail: string): Promise<SendResult> {
  return { record, outcome: { kind: 'misconfigured', reason: 'not_configured', detail } };
}

function again(reason: string): DeliverNoticeResult {
  return { kind: 'retry', afterSeconds: CLAIM_RETRY_SECONDS, reason };
}

async function done(
  ports: DeliverNoticePorts,
  input: Delivering,
  outcome: DeliveryRecord['outcome'],
  detail?: string,
  ref?: MessageRef,
): Promise<DeliverNoticeResult> {
  return { kind: 'done', outcome, record: await recordDelivery(ports, input, outcome, detail, ref) };
}
