import type { NoticeReason } from '../incident/effect.ts';
import type { Incident, TierPages } from '../incident/incident.ts';
import { shouldCallByName } from '../incident/state-machine/escalation.ts';
import { findRunbook } from '../runbook/find-runbook.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Person, Route, Runbook, RunbookCatalog } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import { type CalledPerson, listCalledPeople, listPeopleCalledSoFar } from './called-people.ts';
import type { ChannelRoutes, RoutingRequest } from './channel-routes.ts';
import type { Target } from './target.ts';

export type RoutedNotice = {
  runbook: Runbook;
  /** The current severity; it decides who is interrupted. */
  severity: Severity;
  /** Every severity of this episode. The readers of each of them receive every later change. */
  had: Severity[];
  reason: NoticeReason;
  ping: boolean;
  /** Tiers whose contacts the notice addresses. */
  tiers: Tier[];
  /** When the notice was decided. It calls the people on call at that time, however late it is routed. */
  at: Millis;
  /** The tier calls so far. The people called receive the end as well. */
  tierPages: TierPages[];
};

/** What routing needs of an incident and of the notice about it. */
export function toRoutedNotice(
  catalog: RunbookCatalog,
  incident: Incident,
  { reason, ping, tiers, at }: Pick<RoutedNotice, 'reason' | 'ping' | 'tiers' | 'at'>,
): RoutedNotice {
  return {
    runbook: findRunbook(catalog, incident.alertname),
    severity: incident.severity,
    had: incident.severityHistory.map((entry) => entry.severity),
    reason,
    ping,
    tiers,
    at,
    tierPages: incident.tiers.pages,
  };
}

/**
 * The targets of a notice: the destinations of runbooks/routing.yaml and the contacts of its tiers. Each channel
 * merges targets that are physically one and unites their people. People are always among them while a channel that
 * they read is configured.
 */
export function routeNotice(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  notice: RoutedNotice,
): Target[] {
  const { severity, ping } = notice;
  const current = catalog.routes.filter((route) => appliesTo(route, [severity], notice));
  const known = catalog.routes.filter((route) => appliesTo(route, [severity, ...notice.had], notice));
  const request: RoutingRequest = {
    current,
    known,
    interrupts: ping,
    addsToKnown: addsToKnownNews(notice),
    contacts: listAddresses(catalog, notice).map(({ person }) => person),
    readersOfEnd: listReadersOfEnd(catalog, notice),
  };
  const people = channels.filter(({ readBy }) => readBy === 'people');
  if (findTargets(people, { ...request, ...nobody }).length > 0) return findTargets(channels, request);
  const chosen = chooseAnyRoute(catalog.routes, people);
  const programs = channels.filter((channel) => !people.includes(channel));
  return [
    ...findTargets(people, { ...request, current: chosen, known: chosen, interrupts: false }),
    ...findTargets(programs, request),
  ];
}

const nobody = { interrupts: false, contacts: [] satisfies Person[], readersOfEnd: [] satisfies Person[] };

function findTargets(channels: readonly ChannelRoutes[], request: RoutingRequest): Target[] {
  return channels.flatMap((channel) => channel.findTargets(request));
}

/**
 * Used when no route that applies leads to people, as for info with mail alone. Takes the first
 * route that leads to one, or the last, as the channels ask. Of mail lists the last in routing.yaml is for the least
 * severe notices.
 */
function chooseAnyRoute(routes: Route[], channels: readonly ChannelRoutes[]): Route[] {
  const inOrder = channels.some((each) => each.isConfigured && each.lastResort === 'first-route');
  const leading = (inOrder ? routes : routes.toReversed()).find((route) => {
    const alone = { current: [route], known: [route], addsToKnown: false, ...nobody };
    return findTargets(channels, alone).length > 0;
  });
  return leading ? [leading] : [];
}

/**
 * Whether the notice adds to something already known. Such mail goes only to the lists of the current
 * severity.
 */
function addsToKnownNews({ reason }: RoutedNotice): boolean {
  return reason === 'joined' || reason === 'raised' || reason === 'reminder' || reason === 'escalated';
}

function appliesTo(route: Route, severities: Severity[], notice: RoutedNotice): boolean {
  if (route.severity && !severities.some((severity) => route.severity?.includes(severity))) return false;
  if (route.category && !route.category.includes(notice.runbook.category)) return false;
  return true;
}

/** The people whom the notice calls by name. */
export function listAddresses(catalog: RunbookCatalog, notice: RoutedNotice): CalledPerson[] {
  return shouldCallByName(notice, notice.severity) ? listCalledPeople(catalog, notice.tiers, notice.at) : [];
}

/** People who were called one by one receive the end as well. Where they read along, they see it there. */
function listReadersOfEnd(catalog: RunbookCatalog, { reason, tierPages }: RoutedNotice): Person[] {
  if (reason !== 'resolved' && reason !== 'closed') return [];
  return listPeopleCalledSoFar(catalog, tierPages).map(({ person }) => person);
}
