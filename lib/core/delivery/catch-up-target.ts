import { getSeverityAt } from '../incident/changes-since.ts';
import type { Incident } from '../incident/incident.ts';
import {
  type ConfiguredChannels,
  listAddresses,
  type RoutedNotice,
  routeNotice,
  type Target,
} from '../routing/route-notice.ts';
import { findRunbook } from '../runbook/find-runbook.ts';
import type { Tier } from '../runbook/policy.ts';
import type { RunbookCatalog } from '../runbook/runbook.ts';
import { isHigher, type Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import { type CalledElsewhere, callOthersAlone } from './called-elsewhere.ts';
import type { DeliverMessage, DestinationRecord } from './delivery.ts';

/** The highest severity that an incident had since a page was decided, and its last version of that kind. */
type Lowered = { from: Severity; seq: number };

/** Set when the incident is less severe by now than it was when the page was decided, or since. */
export function findLowered({ seq }: DeliverMessage, incident: Incident): Lowered | undefined {
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
 * The destinations of the other channel by which people may have been called when the incident was more severe. None
 * when it is as severe as it was.
 */
export function listOtherDestinations(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  message: DeliverMessage,
  incident: Incident,
): string[] {
  const lowered = findLowered(message, incident);
  if (lowered === undefined) return [];
  if (message.target.channel === 'slack') return ['email'];
  return routeNotice(catalog, channels, { ...toNotice(catalog, message, incident), severity: lowered.from })
    .filter((target) => target.channel === 'slack' && target.mentions.length > 0)
    .map(({ destination }) => destination);
}

/** What the other channel knows, by the records of its places. */
export function findCalledElsewhere(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  message: DeliverMessage,
  incident: Incident,
  records: DestinationRecord[],
): CalledElsewhere {
  const lowered = findLowered(message, incident);
  const since = Math.max(message.seq, lowered?.seq ?? 0);
  const severity = lowered?.from ?? incident.severity;
  const toNobody = { ...toNotice(catalog, message, incident), severity, tiers: [] };
  return {
    records: records.filter(({ lastPingSeq }) => lastPingSeq >= since),
    hasLists: routeNotice(catalog, channels, toNobody).some(({ channel }) => channel === 'email'),
  };
}

/**
 * Whom the tiers have called so far at the same place: who was on call then, and who was for this page. `covered` are
 * all of them. `target` calls them, unless the incident is less severe by now and people were called by another channel:
 * then it calls those alone whom that channel has not called, or whom the tiers have called since.
 */
export function routeCatchUp(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  message: DeliverMessage,
  incident: Incident,
  elsewhere: CalledElsewhere,
): { target: Target; covered: Target } {
  const { target } = message;
  const lowered = findLowered(message, incident);
  const loweredAt = lowered && (incident.severityEndedAt?.[lowered.from] ?? Number.POSITIVE_INFINITY);
  const getSeverity = (at: Millis) =>
    lowered && loweredAt !== undefined && at < loweredAt ? lowered.from : incident.severity;
  const notice = toNotice(catalog, message, incident);
  const later = (incident.tiers.pages ?? []).flatMap(({ tier, firstAt, lastAt }) =>
    [...new Set([firstAt, lastAt])].map((at) => ({ tiers: [tier], at })),
  );
  const callAll = (start: Target, moments: { tiers: Tier[]; at: Millis }[]) =>
    moments
      .flatMap((moment) =>
        routeNotice(catalog, channels, { ...notice, ...moment, severity: getSeverity(moment.at) }),
      )
      .filter(({ destination }) => destination === target.destination)
      .reduce(unite, start);

  const moments = [{ tiers: message.tiers, at: message.at }, ...later];
  const covered = callAll(target, moments);
  if (loweredAt === undefined) return { target: covered, covered };
  const people = moments.flatMap((moment) =>
    listAddresses(catalog, { ...notice, ...moment, severity: getSeverity(moment.at) }),
  );
  const others = callOthersAlone(covered, target, people, elsewhere);
  const since = later.filter(({ at }) => at >= loweredAt);
  return { target: callAll(others, since), covered };
}

function toNotice(
  catalog: RunbookCatalog,
  { reason, ping, tiers, at }: DeliverMessage,
  incident: Incident,
): RoutedNotice {
  return {
    runbook: findRunbook(catalog, incident.alertname),
    severity: incident.severity,
    had: incident.severityHistory.map((entry) => entry.severity),
    reason,
    ping,
    tiers,
    at,
    tierPages: incident.tiers.pages ?? [],
  };
}

function unite(one: Target, other: Target): Target {
  if (one.channel === 'slack' && other.channel === 'slack') {
    return { ...one, mentions: [...new Set([...one.mentions, ...other.mentions])] };
  }
  if (one.channel === 'email' && other.channel === 'email') {
    const known = new Set(one.to.map((address) => address.toLowerCase()));
    return { ...one, to: [...one.to, ...other.to.filter((address) => !known.has(address.toLowerCase()))] };
  }
  return one;
}
