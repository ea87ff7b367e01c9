import { getSeverityAt } from '../incident/changes-since.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { NoticeEffect } from '../incident/effect-schema.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import type { ChannelRoutes } from '../routing/channel-routes.ts';
import type { Target } from '../routing/target.ts';
import { type RunbookCatalog } from '../runbook/runbook.ts';
import { isHigher } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { CalledElsewhere } from './called-elsewhere.ts';
import { findLowered, routeCatchUp } from './catch-up-target.ts';
import type { NoticeMessage } from './deliver-message-schema.ts';
import { FAIL_OVER_AFTER } from './retry-delay.ts';

/** A late page as it is sent, and the people whom the pages behind it need not call any more. */
export type CatchUp = { message: NoticeMessage; covered: Target };

/**
 * Builds the message for a late page, if people were called or acted since, or the severity fell. It says what
 * happened, calls everybody whom the tiers called meanwhile, and covers the pages behind it. If the severity fell,
 * it calls nobody whom another channel has called (`elsewhere`). `undefined`: the page is in time, or nothing
 * has happened since.
 */
export function buildCatchUpMessage(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  message: NoticeMessage,
  incident: Incident,
  { now, elsewhere }: { now: Millis; elsewhere: CalledElsewhere },
): CatchUp | undefined {
  if (!isLatePage(message, incident, now)) return undefined;
  const lowered = findLowered(message, incident) !== undefined;
  const paged = pagedSince(message, incident);
  const news = paged || lowered || ackedSince(message, incident) || silencedSince(message, incident);
  if (!news) return undefined;

  const effect: NoticeEffect = {
    ...message.effect,
    // Shows the latest diagnosis, not that of a page nobody has seen.
    id: `${incident.id}:${incident.version}`,
    summary: describeDelay(message, incident, now),
  };
  if (!paged && !lowered) return { message: { ...message, effect }, covered: message.target };
  const { highest: tier } = incident.tiers;
  const late: NoticeMessage = {
    ...message,
    effect: {
      ...effect,
      reason: chooseReason(message, incident),
      tier: tier > effect.tier ? tier : effect.tier,
      tiers: ([1, 2, 3] as const).filter((each) => each <= tier),
    },
  };
  const { target, covered } = routeCatchUp(catalog, channels, late, incident, elsewhere);
  return { message: { ...late, target }, covered };
}

/** Whether this page of a firing incident was not accepted in time. */
export function isLatePage(message: NoticeMessage, incident: Incident, now: Millis): boolean {
  const { effect, failover, muted } = message;
  if (!effect.ping || failover || muted !== undefined || !isFiring(incident)) return false;
  return now - effect.at >= FAIL_OVER_AFTER;
}

function pagedSince(
  { effect: { seq, at } }: NoticeMessage,
  { paging: { lastNews }, tiers: { pages } }: Incident,
): boolean {
  const byName = pages.some(({ lastAt }) => lastAt > at);
  return byName || (lastNews !== undefined && lastNews.seq > seq && !isEnd(lastNews.reason));
}

function ackedSince({ effect: { at } }: NoticeMessage, { ack }: Incident): boolean {
  return ack !== undefined && ack.at > at;
}

function silencedSince({ effect: { at } }: NoticeMessage, { silence }: Incident): boolean {
  return silence !== undefined && silence.at > at;
}

/** The most urgent reason that people have not been notified of. */
function chooseReason(message: NoticeMessage, incident: Incident): NoticeReason {
  const { reason, tier, seq } = message.effect;
  if (incident.tiers.highest > tier || reason === 'escalated') return 'escalated';
  if (incident.paging.reminded && !ackedSince(message, incident)) return 'reminder';
  return reason !== 'opened' && isHigher(incident.severity, getSeverityAt(incident, seq)) ? 'raised' : reason;
}

/** `Opened by 1 alert. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.` */
function describeDelay(message: NoticeMessage, incident: Incident, now: Millis): string {
  const { ack, silence, severity } = incident;
  const { highest: tier } = incident.tiers;
  const { effect } = message;
  const before = getSeverityAt(incident, effect.seq);
  const meanwhile = [
    ...(ack === undefined ? ['nobody has acknowledged it'] : []),
    ...(ack && ackedSince(message, incident) ? [`${ack.by} has acknowledged it`] : []),
    ...(silence && silencedSince(message, incident) ? [`${silence.by} has silenced it`] : []),
    ...(severity === before
      ? []
      : [`it was ${isHigher(severity, before) ? 'raised' : 'lowered'} to ${severity}`]),
    ...(tier > effect.tier ? [`it was escalated to L${tier}`] : []),
  ];
  const what = meanwhile.length > 0 ? `; meanwhile ${meanwhile.join(', and ')}` : '';
  return `${effect.summary} Told ${formatDuration(now - effect.at)} late${what}.`;
}
