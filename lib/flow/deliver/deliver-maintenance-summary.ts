import { type Budget, startBudget } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import { addUnfinished, getRepeatDelay, type Intent } from '../../core/delivery/claim.ts';
import { addUncertainSend } from '../../core/delivery/delivered-record.ts';
import {
  createNotConfigured,
  type DestinationRecord,
  type SendOutcome,
  type SummaryMessage,
} from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import { getRetryDelaySeconds, MISCONFIGURED_RETRY_SECONDS } from '../../core/delivery/retry-delay.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import type { Maintenance, MaintenanceStore } from '../../core/maintenance/maintenance-store.ts';
import {
  renderPlainSummaryToMail,
  renderPlainSummaryToSlack,
  renderSummaryToMail,
  renderSummaryToSlack,
  summarizeMaintenance,
} from '../../core/maintenance/summary-message.ts';
import { renderOrPlain } from '../../core/notice/plain-notice.ts';
import { renderPlainSlack } from '../../core/notice/slack/slack-message.ts';
import type { Log } from '../../core/shared/log.ts';
import { mapBounded } from '../shared/map-bounded.ts';
import { type ClaimPorts, createClaimedDestination, type Held, runUnderClaim } from './under-claim.ts';
import { limitMail, limitSlack } from './within-budget.ts';

const CLAIM_RETRY_SECONDS = 5;
const CONCURRENCY = 8;
const MAX_INCIDENTS = 1_000;

export type DeliverSummaryPorts = ClaimPorts & {
  incidents: Pick<IncidentStore, 'get'>;
  maintenances: Pick<MaintenanceStore, 'get' | 'mutedIncidents'>;
  destinations: DestinationStore;
  slack?: SlackChannel;
  mail?: MailChannel;
  mailDomain: string;
  log: Log;
};

export type DeliverSummaryResult =
  | { kind: 'done'; outcome: 'delivered' | 'superseded' | 'failed' }
  | { kind: 'retry'; afterSeconds: number; reason: string };

/**
 * Delivers the summary of a maintenance to one target, once; the target's record says whether it was
 * delivered. It shows the incidents' current state. A maintenance that muted nothing has no summary.
 */
export async function deliverMaintenanceSummary(
  ports: DeliverSummaryPorts,
  delivering: Delivering,
): Promise<DeliverSummaryResult> {
  const { incidentId, target } = delivering.message;
  const { destinations } = ports;
  const budget = startBudget(ports.clock.now());
  const before = await destinations.read(incidentId, target.destination);
  if (before.lastSeq > 0) return { kind: 'done', outcome: 'superseded' };
  const wait = getRepeatDelay(addUnfinished(before, ports.clock.now()).uncertainSends, ports.clock.now());
  if (wait > 0) return again(getRetryDelaySeconds(1, wait), 'only an answer is missing, so it may be there');
  const intent = { key: delivering.message.key, seq: 1, firing: false, at: ports.clock.now() };
  const item = createClaimedDestination(destinations, incidentId, target.destination);
  const result = await runUnderClaim(ports, item, { budget, before, intent }, (held) =>
    deliverHeld(inTime(ports, budget), delivering, { ...held, intent }),
  );
  return result ?? again(CLAIM_RETRY_SECONDS, 'another run is sending this summary');
}

function inTime(ports: DeliverSummaryPorts, budget: Budget): DeliverSummaryPorts {
  const { clock, slack, mail } = ports;
  return {
    ...ports,
    slack: slack && limitSlack(clock, slack, budget),
    mail: mail && limitMail(clock, mail, budget),
  };
}

function again(afterSeconds: number, reason: string): DeliverSummaryResult {
  return { kind: 'retry', afterSeconds, reason };
}

type Delivering = { message: SummaryMessage; attempt: number };

async function deliverHeld(
  ports: DeliverSummaryPorts,
  { message, attempt }: Delivering,
  { record, intent, save }: Held<DestinationRecord> & { intent: Intent },
): Promise<DeliverSummaryResult> {
  const { maintenanceId, target } = message;
  const loaded = record.lastSeq > 0 ? undefined : await loadMaintenance(ports, maintenanceId);
  if (loaded === undefined) {
    await save(record);
    return { kind: 'done', outcome: 'superseded' };
  }
  const outcome = await send(ports, message, loaded);
  const known = addUncertainSend(record, outcome, intent, ports.clock.now());
  await save({ ...known, lastSeq: outcome.kind === 'delivered' ? 1 : 0 });
  if (outcome.kind === 'delivered') return { kind: 'done', outcome: 'delivered' };
  const reason = `${outcome.reason}: ${outcome.detail}`;
  if (outcome.kind === 'retryable') {
    return again(getRetryDelaySeconds(attempt, outcome.retryAfterMs), reason);
  }
  if (outcome.kind === 'misconfigured') return again(MISCONFIGURED_RETRY_SECONDS, reason);
  const { destination } = target;
  ports.log.error('a summary cannot be delivered', { maintenanceId, destination, reason });
  return { kind: 'done', outcome: 'failed' };
}

type AboutMaintenance = { maintenance: Maintenance; incidents: Incident[] };

async function loadMaintenance(
  ports: DeliverSummaryPorts,
  id: string,
): Promise<AboutMaintenance | undefined> {
  const maintenance = await ports.maintenances.get(id);
  if (maintenance === undefined) return undefined;
  const ids = (await ports.maintenances.mutedIncidents(id)).slice(0, MAX_INCIDENTS);
  const read = await mapBounded(ids, CONCURRENCY, (each) => ports.incidents.get(each));
  const incidents = read.flatMap((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value ?? [];
  });
  return { maintenance, incidents };
}

async function send(
  { slack, mail, mailDomain, log }: DeliverSummaryPorts,
  { target, maintenanceId }: SummaryMessage,
  { maintenance, incidents }: AboutMaintenance,
): Promise<SendOutcome> {
  const failed = (error: unknown) =>
    log.error('a summary could not be rendered; it is sent as plain text', { maintenanceId, error });
  const plain = (why: string) => renderPlainSummaryToSlack(maintenanceId, incidents, why);
  const summary = () => summarizeMaintenance(maintenance, incidents);
  switch (target.channel) {
    case 'slack':
      return slack === undefined
        ? createNotConfigured('Slack is not configured')
        : slack.post(
            target.to,
            renderOrPlain(
              () => renderSummaryToSlack(summary()),
              (why) => renderPlainSlack(plain(why)),
              failed,
            ),
          );
    case 'email': {
      const envelope = { to: target.to, domain: mailDomain, id: maintenanceId };
      return mail === undefined
        ? createNotConfigured('SMTP_HOST is not set')
        : mail.send(
            renderOrPlain(
              () => renderSummaryToMail(summary(), envelope),
              (why) => renderPlainSummaryToMail(plain(why), envelope),
              failed,
            ),
          );
    }
  }
}
