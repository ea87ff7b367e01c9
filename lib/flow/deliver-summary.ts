import type { MailChannel, SlackChannel } from '../core/delivery/channels.ts';
import type { SendOutcome, SummaryMessage } from '../core/delivery/delivery.ts';
import type { DestinationStore } from '../core/delivery/destination-store.ts';
import { retryDelaySeconds } from '../core/delivery/retry-delay.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { IncidentStore } from '../core/incident/incident-store.ts';
import type { Maintenance, MaintenanceStore } from '../core/maintenance/maintenance-store.ts';
import {
  plainSummary,
  plainSummaryToMail,
  summaryOfMaintenance,
  summaryToMail,
  summaryToSlack,
} from '../core/maintenance/summary-message.ts';
import { plainToSlack, writeOrPlain } from '../core/notice/plain-notice.ts';
import type { Log } from '../core/shared/log.ts';
import { type Millis, SECOND } from '../core/shared/time.ts';
import { mapBounded } from './map-bounded.ts';

/** As long as a notice's: longer than any single send can take. */
const CLAIM = 25 * SECOND;
const CLAIM_RETRY_SECONDS = 5;
const CONCURRENCY = 8;
const MAX_INCIDENTS = 1_000;

export type DeliverSummaryPorts = {
  incidents: Pick<IncidentStore, 'get'>;
  maintenances: Pick<MaintenanceStore, 'get' | 'mutedIncidents'>;
  destinations: DestinationStore;
  slack?: SlackChannel;
  mail?: MailChannel;
  mailDomain: string;
  clock: { now(): Millis };
  log: Log;
};

export type DeliverSummaryResult =
  | { kind: 'done'; outcome: 'delivered' | 'superseded' | 'failed' }
  | { kind: 'retry'; afterSeconds: number; reason: string };

/**
 * Brings the summary of a maintenance to one target, once: what it was told is in its record, as with notices. It
 * speaks of the incidents as they stand now. A maintenance in which nothing was muted has none.
 */
export async function deliverSummary(
  ports: DeliverSummaryPorts,
  { message, attempt }: { message: SummaryMessage; attempt: number },
): Promise<DeliverSummaryResult> {
  const { incidentId, target } = message;
  const { destination } = target;
  const now = ports.clock.now();
  if ((await ports.destinations.read(incidentId, destination)).lastSeq > 0) {
    return { kind: 'done', outcome: 'superseded' };
  }
  if (!(await ports.destinations.claim(incidentId, destination, now, now + CLAIM))) {
    return {
      kind: 'retry',
      afterSeconds: CLAIM_RETRY_SECONDS,
      reason: 'another run is sending this summary',
    };
  }
  const record = await ports.destinations.read(incidentId, destination);
  if (record.lastSeq > 0) return { kind: 'done', outcome: 'superseded' };

  const about = await aboutMaintenance(ports, message.maintenanceId);
  if (about === undefined) return { kind: 'done', outcome: 'superseded' };
  const outcome = await send(ports, message, about);
  await ports.destinations.save(incidentId, { ...record, lastSeq: outcome.kind === 'delivered' ? 1 : 0 });
  if (outcome.kind === 'delivered') return { kind: 'done', outcome: 'delivered' };
  const reason = `${outcome.reason}: ${outcome.detail}`;
  if (outcome.kind === 'retryable') {
    return { kind: 'retry', afterSeconds: retryDelaySeconds(attempt, outcome.retryAfterMs), reason };
  }
  ports.log.error('a summary cannot be delivered', {
    maintenanceId: message.maintenanceId,
    destination,
    reason,
  });
  return { kind: 'done', outcome: 'failed' };
}

type AboutMaintenance = { maintenance: Maintenance; incidents: Incident[] };

async function aboutMaintenance(
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
    log.error('a summary could not be written out; it goes out plain', { maintenanceId, error });
  const plain = (why: string) => plainSummary(maintenanceId, incidents, why);
  const summary = () => summaryOfMaintenance(maintenance, incidents);
  switch (target.channel) {
    case 'slack':
      return slack === undefined
        ? { kind: 'permanent', reason: 'not_configured', detail: 'Slack is not configured' }
        : slack.post(
            target.to,
            writeOrPlain(
              () => summaryToSlack(summary()),
              (why) => plainToSlack(plain(why)),
              failed,
            ),
          );
    case 'email': {
      const envelope = { to: target.to, domain: mailDomain, id: maintenanceId };
      return mail === undefined
        ? { kind: 'permanent', reason: 'not_configured', detail: 'SMTP_HOST is not set' }
        : mail.send(
            writeOrPlain(
              () => summaryToMail(summary(), envelope),
              (why) => plainSummaryToMail(plain(why), envelope),
              failed,
            ),
          );
    }
  }
}
