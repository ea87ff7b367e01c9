import { getSeverityAt } from '../incident/changes-since.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import type { ConfiguredChannels, Target } from '../routing/route-notice.ts';
import { type RunbookCatalog } from '../runbook/runbook.ts';
import { isHigher } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { CalledElsewhere } from './called-elsewhere.ts';
import { findLowered, routeCatchUp } from './catch-up-target.ts';
import type { DeliverMessage } from './delivery.ts';
import { FAIL_OVER_AFTER } from './retry-delay.ts';

/** A late page as it is sent, and the people whom the pages behind it need not call any more. */
export type CatchUp = { message: DeliverMessage; covered: Target };

/**
 * Builds the message for a late page, if people were called or acted since, or the severity fell. It says what
 * happened, calls everybody whom the tiers called meanwhile, and covers the pages behind it. If the severity fell,
 * it calls nobody whom the other channel has called (`elsewhere`). `undefined`: the page is in time, or nothing
 * has happened since.
 */
export function buildCatchUpMessage(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  message: DeliverMessage,
  incident: Incident,
  { now, elsewhere }: { now: Millis; elsewhere: CalledElsewhere },
): CatchUp | undefined {
  if (!isLatePage(message, incident, now)) return undefined;
  const lowered = findLowered(message, incident) !== undefined;
  const paged = pagedSince(message, incident);
  const news = paged || lowered || ackedSince(message, incident) || silencedSince(message, incident);
  if (!news) return undefined;

  const tier = incident.tiers.highest;
  const notified: DeliverMessage = {
    ...message,
    // Shows the latest diagnosis, not that of a page nobody has seen.
    effectId: `${incident.id}:${incident.version}`,
    summary: describeDelay(message, incident, now),
  };
  if (!paged && !lowered) return { message: notified, covered: message.target };
  const late: DeliverMessage = {
    ...notified,
    reason: chooseReason(message, incident),
    tier: tier > message.tier ? tier : message.tier,
    tiers: ([1, 2, 3] as const).filter((each) => each <= tier),
  };
  const { target, covered } = routeCatchUp(catalog, channels, late, incident, elsewhere);
  return { message: { ...late, target }, covered };
}

/** Whether this page of a firing incident was not accepted in time. */
export function isLatePage(message: DeliverMessage, incident: Incident, now: Millis): boolean {
  const { failover, muted, ping, at } = message;
  if (!ping || failover || muted !== undefined || !isFiring(incident)) return false;
  return now - at >= FAIL_OVER_AFTER;
}

function pagedSince(
  { seq, at }: DeliverMessage,
  { paging: { lastNews }, tiers: { pages: tierPages = [] } }: Incident,
): boolean {
  const byName = tierPages.some(({ lastAt }) => lastAt > at);
  return byName || (lastNews !== undefined && lastNews.seq > seq && !isEnd(lastNews.reason));
}

function ackedSince({ at }: DeliverMessage, { ack }: Incident): boolean {
  return ack !== undefined && ack.at > at;
}

function silencedSince({ at }: DeliverMessage, { silence }: Incident): boolean {
  return silence !== undefined && silence.at > at;
}

/** The most urgent reason that people have not been notified of. */
function chooseReason(message: DeliverMessage, incident: Incident): NoticeReason {
  const { reason } = message;
  if (incident.tiers.highest > message.tier || reason === 'escalated') return 'escalated';
  if (incident.paging.reminded && !ackedSince(message, incident)) return 'reminder';
  return reason !== 'opened' && isHigher(incident.severity, getSeverityAt(incident, message.seq))
    ? 'raised'
    : reason;
}

/** `Opened by 1 alert. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.` */
function describeDelay(message: DeliverMessage, incident: Incident, now: Millis): string {
  const { ack, silence, severity } = incident;
  const tier = incident.tiers.highest;
  const before = getSeverityAt(incident, message.seq);
  const meanwhile = [
    ...(ack === undefined ? ['nobody has acknowledged it'] : []),
    ...(ack && ackedSince(message, incident) ? [`${ack.by} has acknowledged it`] : []),
    ...(silence && silencedSince(message, incident) ? [`${silence.by} has silenced it`] : []),
    ...(severity === before
      ? []
      : [`it was ${isHigher(severity, before) ? 'raised' : 'lowered'} to ${severity}`]),
    ...(tier > message.tier ? [`it was escalated to L${tier}`] : []),
  ];
  const what = meanwhile.length > 0 ? `; meanwhile ${meanwhile.join(', and ')}` : '';
  return `${message.summary} Told ${formatDuration(now - message.at)} late${what}.`;
}
