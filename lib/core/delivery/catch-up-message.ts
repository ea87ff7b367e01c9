import { getSeverityAt } from '../incident/changes-since.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import {
  type ConfiguredChannels,
  type RoutedNotice,
  routeNotice,
  type Target,
} from '../routing/route-notice.ts';
import { findRunbook } from '../runbook/find-runbook.ts';
import type { Tier } from '../runbook/policy.ts';
import { type RunbookCatalog } from '../runbook/runbook.ts';
import { isHigher } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { DeliverMessage } from './delivery.ts';
import { FAIL_OVER_AFTER } from './retry-delay.ts';

/**
 * For a late page: people have been called again since it was decided, or have acknowledged or silenced. The
 * message then says that it is late and calls everybody whom the tiers have called meanwhile. It covers the
 * pages behind it. `undefined`: the page is in time, or nothing has happened since.
 */
export function buildCatchUpMessage(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  message: DeliverMessage,
  incident: Incident,
  now: Millis,
): DeliverMessage | undefined {
  const { failover, muted, ping, at } = message;
  if (!ping || failover || muted !== undefined || !isFiring(incident)) return undefined;
  if (now - at < FAIL_OVER_AFTER) return undefined;
  const paged = pagedSince(message, incident);
  if (!paged && !ackedSince(message, incident) && !silencedSince(message, incident)) return undefined;

  const { tier } = incident;
  const notified: DeliverMessage = {
    ...message,
    // Shows the latest diagnosis, not that of a page nobody has seen.
    effectId: `${incident.id}:${incident.version}`,
    summary: describeDelay(message, incident, now),
  };
  if (!paged) return notified;
  const late: DeliverMessage = {
    ...notified,
    reason: chooseReason(message, incident),
    tier: tier > message.tier ? tier : message.tier,
    tiers: ([1, 2, 3] as const).filter((each) => each <= tier),
  };
  return { ...late, target: widenTarget(catalog, channels, late, incident) };
}

function pagedSince({ seq, at }: DeliverMessage, { lastNews, tierPages = [] }: Incident): boolean {
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
  if (incident.tier > message.tier || reason === 'escalated') return 'escalated';
  if (incident.reminded && !ackedSince(message, incident)) return 'reminder';
  return reason !== 'opened' && isHigher(incident.severity, getSeverityAt(incident, message.seq))
    ? 'raised'
    : reason;
}

/** `Opened by 1 alert. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.` */
function describeDelay(message: DeliverMessage, incident: Incident, now: Millis): string {
  const { ack, silence, severity, tier } = incident;
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

/**
 * The same destination, with everybody whom the tiers have called so far, by who was on call at each call.
 */
function widenTarget(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  { target, reason, ping, tiers, at }: DeliverMessage,
  incident: Incident,
): Target {
  const tierPages = incident.tierPages ?? [];
  const notice: Omit<RoutedNotice, 'tiers' | 'at'> = {
    runbook: findRunbook(catalog, incident.alertname),
    severity: incident.severity,
    had: incident.severityHistory.map((entry) => entry.severity),
    reason,
    ping,
    tierPages,
  };
  const moments: { tiers: Tier[]; at: Millis }[] = [
    { tiers, at },
    ...tierPages.flatMap(({ tier, firstAt, lastAt }) =>
      [...new Set([firstAt, lastAt])].map((when) => ({ tiers: [tier], at: when })),
    ),
  ];
  return moments
    .flatMap((moment) => routeNotice(catalog, channels, { ...notice, ...moment }))
    .filter(({ destination }) => destination === target.destination)
    .reduce(uniteTargets, target);
}

function uniteTargets(one: Target, other: Target): Target {
  if (one.channel === 'slack' && other.channel === 'slack') {
    return { ...one, mentions: [...new Set([...one.mentions, ...other.mentions])] };
  }
  if (one.channel === 'email' && other.channel === 'email') {
    const known = new Set(one.to.map((address) => address.toLowerCase()));
    return { ...one, to: [...one.to, ...other.to.filter((address) => !known.has(address.toLowerCase()))] };
  }
  return one;
}
