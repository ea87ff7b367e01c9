import type { MailChannel, SlackChannel } from '../core/delivery/channels.ts';
import { type Abilities, decide, type Plan, type SendPlan } from '../core/delivery/decide.ts';
import type {
  DeliverMessage,
  DeliveryRecord,
  DestinationRecord,
  SendOutcome,
} from '../core/delivery/delivery.ts';
import type { DestinationStore } from '../core/delivery/destination-store.ts';
import { retryDelaySeconds } from '../core/delivery/retry-delay.ts';
import type { IncidentHistory } from '../core/history/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { IncidentStore } from '../core/incident/incident-store.ts';
import type { Notice } from '../core/notice/notice.ts';
import type { PictureEncoder } from '../core/notice/picture.ts';
import type { RunbookCatalog } from '../core/runbook/runbook.ts';
import type { Log } from '../core/shared/log.ts';
import { type Millis, SECOND } from '../core/shared/time.ts';
import { noticeFor } from './notice-for.ts';
import { sendMail } from './send-mail.ts';
import { type SendResult, sendSlack } from './send-slack.ts';

/** How long one run may hold a destination; longer than any single send can take. */
const CLAIM = 25 * SECOND;
const CLAIM_RETRY_SECONDS = 5;

export type DeliverNoticePorts = {
  incidents: Pick<IncidentStore, 'get'>;
  history: Pick<IncidentHistory, 'details' | 'diagnoses'>;
  destinations: DestinationStore;
  catalog: RunbookCatalog;
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
  clock: { now(): Millis };
  log: Log;
};

export type DeliverNoticeResult =
  | { kind: 'done'; record: DeliveryRecord }
  /** The message must come again after so many seconds. */
  | { kind: 'retry'; afterSeconds: number; reason: string };

/**
 * Brings one notice to one destination: reads the current state, decides, claims the destination, sends, records.
 * A temporary failure asks for the message again; a permanent one is recorded and the message is done. A crash
 * between the send and its record repeats that one message, and nothing else.
 */
export async function deliverNotice(
  ports: DeliverNoticePorts,
  input: { message: DeliverMessage; attempt: number },
): Promise<DeliverNoticeResult> {
  const { message, attempt } = input;
  const { incidentId, target } = message;
  const now = ports.clock.now();
  const first = await look(ports, message);
  if (isSettled(first.plan)) return settle(ports, input, first.plan);

  const claimed = await ports.destinations.claim(incidentId, target.destination, now, now + CLAIM);
  if (!claimed) {
    return {
      kind: 'retry',
      afterSeconds: CLAIM_RETRY_SECONDS,
      reason: 'another run is sending to this destination',
    };
  }
  // Read anew under the claim: a run that held it before may have said this, or the incident may have resolved.
  const { incident, record, plan } = await look(ports, message);
  if (isSettled(plan)) {
    await ports.destinations.save(incidentId, { ...record, claimUntil: 0 });
    return settle(ports, input, plan);
  }
  const notice = await noticeFor(ports, incident, message);
  const { outcome, record: told } = await send(ports, { message, incident, record, plan, notice });
  await ports.destinations.save(incidentId, { ...told, claimUntil: 0 });

  switch (outcome.kind) {
    case 'delivered':
      return finish(ports, input, 'delivered', undefined, outcome);
    case 'permanent':
      ports.log.error('a notice cannot be delivered', {
        incidentId,
        reason: outcome.reason,
        detail: outcome.detail,
      });
      return finish(ports, input, 'failed', `${outcome.reason}: ${outcome.detail}`);
    case 'retryable': {
      const detail = `${outcome.reason}: ${outcome.detail}`;
      await finish(ports, input, 'retrying', detail);
      return {
        kind: 'retry',
        afterSeconds: retryDelaySeconds(attempt, outcome.retryAfterMs),
        reason: detail,
      };
    }
  }
}

async function look(
  ports: DeliverNoticePorts,
  message: DeliverMessage,
): Promise<{ incident: Incident; record: DestinationRecord; plan: Plan }> {
  const [incident, record] = await Promise.all([
    ports.incidents.get(message.incidentId),
    ports.destinations.read(message.incidentId, message.target.destination),
  ]);
  if (incident === undefined) throw new Error(`incident ${message.incidentId} is not there yet`);
  return { incident, record, plan: decide(message, incident, record, abilitiesOf(ports, message)) };
}

/** Nothing is to be sent. */
function isSettled(plan: Plan): plan is Exclude<Plan, SendPlan> {
  return plan.do === 'superseded' || plan.do === 'told';
}

function settle(
  ports: DeliverNoticePorts,
  input: { message: DeliverMessage; attempt: number },
  plan: Exclude<Plan, SendPlan>,
): Promise<{ kind: 'done'; record: DeliveryRecord }> {
  if (plan.do === 'told') return finish(ports, input, 'delivered', 'sent by an earlier attempt');
  return finish(ports, input, 'superseded', plan.why);
}

function abilitiesOf(ports: DeliverNoticePorts, message: DeliverMessage): Abilities {
  if (message.target.channel === 'email') return 'mails';
  return ports.slack?.canEdit === false ? 'posts' : 'edits';
}

type Sending = {
  message: DeliverMessage;
  incident: Incident;
  record: DestinationRecord;
  plan: SendPlan;
  notice: Notice;
};

function send(ports: DeliverNoticePorts, sending: Sending): Promise<SendResult> {
  const { target } = sending.message;
  switch (target.channel) {
    case 'slack':
      return ports.slack === undefined
        ? notConfigured(sending.record, 'neither SLACK_BOT_TOKEN nor SLACK_WEBHOOK_URL is set')
        : sendSlack({ slack: ports.slack, destinations: ports.destinations }, target, sending);
    case 'email':
      return ports.mail === undefined
        ? notConfigured(sending.record, 'SMTP_HOST is not set')
        : sendMail({ ...ports, mail: ports.mail, domain: ports.mailDomain }, target, sending);
  }
}

async function notConfigured(record: DestinationRecord, detail: string): Promise<SendResult> {
  return { record, outcome: { kind: 'permanent', reason: 'not_configured', detail } };
}

async function finish(
  ports: DeliverNoticePorts,
  { message, attempt }: { message: DeliverMessage; attempt: number },
  outcome: DeliveryRecord['outcome'],
  detail?: string,
  delivered?: Extract<SendOutcome, { kind: 'delivered' }>,
): Promise<{ kind: 'done'; record: DeliveryRecord }> {
  const record: DeliveryRecord = {
    key: message.key,
    destination: message.target.destination,
    seq: message.seq,
    reason: message.reason,
    ping: message.ping,
    tier: message.tier,
    at: ports.clock.now(),
    outcome,
    attempts: attempt,
    ...(detail === undefined ? {} : { detail }),
    ...(delivered?.ref === undefined ? {} : { ref: delivered.ref }),
  };
  await ports.destinations.saveDelivery(message.incidentId, record);
  return { kind: 'done', record };
}
