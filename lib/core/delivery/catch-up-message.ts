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
 * A page that comes so late that people have been called again since, or have done something about it: it says so,
 * calls everybody whom the tiers have called meanwhile, and what waits behind it is told by it. `undefined`: it is in
 * time, or nothing has happened since.
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
    // Whatever was found last, not what was found for a page that nobody has seen.
    effectId: `${incident.id}:${incident.version}`,
    summary: lateWords(message, incident, now),
  };
  if (!paged) return notified;
  const late: DeliverMessage = {
    ...notified,
    reason: lateReason(message, incident),
    tier: tier > message.tier ? tier : message.tier,
    tiers: ([1, 2, 3] as const).filter((each) => each <= tier),
  };
  return { ...late, target: lateTarget(catalog, channels, late, incident) };
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

/** The most urgent thing that people have not heard of yet. */
function lateReason(message: DeliverMessage, incident: Incident): NoticeReason {
  const { reason } = message;
  if (incident.tier > message.tier || reason === 'escalated') return 'escalated';
  if (incident.reminded && !ackedSince(message, incident)) return 'reminder';
  return reason !== 'opened' && isHigher(incident.severity, getSeverityAt(incident, message.seq))
    ? 'raised'
    : reason;
}

/** `Opened by 1 alert. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.` */
function lateWords(message: DeliverMessage, incident: Incident, now: Millis): string {
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

/** The same place, with everybody whom the tiers have called so far: who was on call then, and who was for this page. */
function lateTarget(
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
    .reduce(united, target);
}

function united(one: Target, other: Target): Target {
  if (one.channel === 'slack' && other.channel === 'slack') {
    return { ...one, mentions: [...new Set([...one.mentions, ...other.mentions])] };
  }
  if (one.channel === 'email' && other.channel === 'email') {
    const known = new Set(one.to.map((address) => address.toLowerCase()));
    return { ...one, to: [...one.to, ...other.to.filter((address) => !known.has(address.toLowerCase()))] };
  }
  return one;
}
