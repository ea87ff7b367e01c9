import { getSeverityAt } from '../incident/changes-since.ts';
import type { Incident } from '../incident/incident.ts';
import type { ChannelRoutes } from '../routing/channel-routes.ts';
import { listAddresses, routeNotice, toRoutedNotice } from '../routing/route-notice.ts';
import { listCalled, type Target, uniteTargets } from '../routing/target.ts';
import type { Tier } from '../runbook/policy.ts';
import type { RunbookCatalog } from '../runbook/runbook.ts';
import { isHigher, type Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import { type CalledElsewhere, callOthersAlone } from './called-elsewhere.ts';
import type { NoticeMessage } from './deliver-message-schema.ts';
import type { DestinationRecord } from './delivery.ts';

/** The highest severity that an incident had since a page was decided, and its last version of that kind. */
type Lowered = { from: Severity; seq: number };

/** Set when the incident is less severe by now than it was when the page was decided, or since. */
export function findLowered({ effect: { seq } }: NoticeMessage, incident: Incident): Lowered | undefined {
  const since = [
    { seq, severity: getSeverityAt(incident, seq) },
    ...incident.severityHistory.filter((entry) => entry.seq > seq),
  ];
  const highest = since.reduce((one, other) => (isHigher(one.severity, other.severity) ? one : other));
  return isHigher(highest.severity, incident.severity)
    ? { from: highest.severity, seq: highest.seq }
    : undefined;
}

/**
 * The destinations of other channels by which people may have been called when the incident was more severe. None
 * when it is as severe as it was.
 */
export function listOtherDestinations(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  message: NoticeMessage,
  incident: Incident,
): string[] {
  const lowered = findLowered(message, incident);
  if (lowered === undefined) return [];
  const others = channels.filter(({ channel }) => channel !== message.target.channel);
  const names = new Set(others.map(({ channel }) => channel));
  const notice = toRoutedNotice(catalog, incident, message.effect);
  const called = routeNotice(catalog, channels, { ...notice, severity: lowered.from }).filter(
    (target) => names.has(target.channel) && listCalled(target).length > 0,
  );
  const certain = others.flatMap(({ oneDestination }) => oneDestination ?? []);
  return [...new Set([...certain, ...called.map(({ destination }) => destination)])];
}

/** What other channels know, by the records of their places. */
export function findCalledElsewhere(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  message: NoticeMessage,
  incident: Incident,
  records: DestinationRecord[],
): CalledElsewhere {
  const lowered = findLowered(message, incident);
  const since = Math.max(message.effect.seq, lowered?.seq ?? 0);
  const severity = lowered?.from ?? incident.severity;
  const toNobody = { ...toRoutedNotice(catalog, incident, message.effect), severity, tiers: [] };
  return {
    records: records.filter(({ lastPingSeq }) => lastPingSeq >= since),
    hasLists: routeNotice(catalog, channels, toNobody).some(({ to }) => Array.isArray(to)),
  };
}

/**
 * Whom the tiers have called so far at the same place: who was on call then, and who was for this page. `covered` are
 * all of them. `target` calls them, unless the incident is less severe by now and people were called by another channel:
 * then it calls those alone whom that channel has not called, or whom the tiers have called since.
 */
export function routeCatchUp(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  message: NoticeMessage,
  incident: Incident,
  elsewhere: CalledElsewhere,
): { target: Target; covered: Target } {
  const { target } = message;
  const lowered = findLowered(message, incident);
  const loweredAt = lowered && (incident.severityEndedAt?.[lowered.from] ?? Number.POSITIVE_INFINITY);
  const getSeverity = (at: Millis) =>
    lowered && loweredAt !== undefined && at < loweredAt ? lowered.from : incident.severity;
  const notice = toRoutedNotice(catalog, incident, message.effect);
  const later = incident.tiers.pages.flatMap(({ tier, firstAt, lastAt }) =>
    [...new Set([firstAt, lastAt])].map((at) => ({ tiers: [tier], at })),
  );
  const callAll = (start: Target, moments: { tiers: Tier[]; at: Millis }[]) =>
    moments
      .flatMap((moment) =>
        routeNotice(catalog, channels, { ...notice, ...moment, severity: getSeverity(moment.at) }),
      )
      .filter(({ destination }) => destination === target.destination)
      .reduce(uniteTargets, start);

  const moments = [{ tiers: message.effect.tiers, at: message.effect.at }, ...later];
  const covered = callAll(target, moments);
  if (loweredAt === undefined) return { target: covered, covered };
  const people = moments.flatMap((moment) =>
    listAddresses(catalog, { ...notice, ...moment, severity: getSeverity(moment.at) }),
  );
  const others = callOthersAlone(channels, { covered, decided: target }, people, elsewhere);
  const since = later.filter(({ at }) => at >= loweredAt);
  return { target: callAll(others, since), covered };
}
