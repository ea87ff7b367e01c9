import type { NoticeReason } from '../incident/effect.ts';
import type { TierPages } from '../incident/incident.ts';
import { shouldCallByName } from '../incident/state-machine/escalation.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Person, Route, Runbook, RunbookCatalog } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import { type CalledPerson, listCalledPeople, listPeopleCalledSoFar } from './called-people.ts';
/** Which channels are configured. */
export type ConfiguredChannels = {
  slack: 'bot' | 'webhook' | 'none';
  mail: boolean;
  /** Addresses by the name of the variable that holds them. */
  mailLists: Readonly<Record<string, string[]>>;
};

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

const CRITICAL_CHANNEL_MENTION = '<!channel>';
const WEBHOOK = 'slack:webhook';

/**
 * The targets of a notice: the destinations of runbooks/routing.yaml and the contacts of its tiers. Merges
 * targets that are physically one and unites their mentions. Never empty while a channel is configured.
 */
export function routeNotice(
  catalog: RunbookCatalog,
  configured: ConfiguredChannels,
  notice: RoutedNotice,
): Target[] {
  const { severity, ping } = notice;
  const now = catalog.routes.filter((route) => appliesTo(route, [severity], notice));
  const known = catalog.routes.filter((route) => appliesTo(route, [severity, ...notice.had], notice));
  const mailed = addsToKnownNews(notice) ? now : known;
  const contacts = listAddresses(catalog, notice).map(({ person }) => person);
  const readers = [...contacts, ...listReadersOfEnd(catalog, notice)];

  const reached = [
    ...listSlackTargets(configured, known, [], []),
    ...listMailTargets(configured, mailed, []),
  ];
  if (reached.length === 0) return useAnyRoute(catalog, configured, contacts, readers);
  return [
    ...listSlackTargets(configured, known, ping ? now : [], contacts),
    ...listMailTargets(configured, mailed, readers),
  ];
}

/**
 * Used when no route that applies leads to a configured channel, as for info with mail alone. Takes the first
 * route that leads to one. Of mail lists this is the last in routing.yaml, for the least severe notices.
 */
function useAnyRoute(
  catalog: RunbookCatalog,
  configured: ConfiguredChannels,
  contacts: Person[],
  readers: Person[],
): Target[] {
  const routes = configured.slack === 'none' ? catalog.routes.toReversed() : catalog.routes;
  const leading = routes.find(
    (route) =>
      listSlackTargets(configured, [route], [], []).length + listMailTargets(configured, [route], []).length >
      0,
  );
  const chosen = leading ? [leading] : [];
  return [
    ...listSlackTargets(configured, chosen, [], contacts),
    ...listMailTargets(configured, chosen, readers),
  ];
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

/** People who were called by mail receive the end as well. In Slack they see it in the channel. */
function listReadersOfEnd(catalog: RunbookCatalog, { reason, tierPages }: RoutedNotice): Person[] {
  if (reason !== 'resolved' && reason !== 'closed') return [];
  return listPeopleCalledSoFar(catalog, tierPages).map(({ person }) => person);
}

function listSlackTargets(
  configured: ConfiguredChannels,
  notified: Route[],
  interrupted: Route[],
  contacts: Person[],
): Target[] {
  if (configured.slack === 'none') return [];
  const mentions = new Map<string, Set<string>>();
  const webhook = configured.slack === 'webhook';
  for (const { slack } of notified) {
    if (slack !== undefined) mentions.set(webhook ? '' : slack, new Set());
  }
  // An incoming webhook has its own channel, whatever the routes say; it receives everything.
  if (webhook) mentions.set('', new Set());

  for (const route of interrupted) {
    if (route.slack === undefined || route.mention !== 'channel') continue;
    mentions.get(webhook ? '' : route.slack)?.add(CRITICAL_CHANNEL_MENTION);
  }
  const loudest = interrupted.find((route) => route.slack !== undefined && route.mention === 'channel');
  const channel = webhook ? '' : (loudest?.slack ?? [...mentions.keys()][0]);
  for (const { slack } of contacts) {
    if (channel !== undefined && slack !== undefined) mentions.get(channel)?.add(toMention(slack));
  }
  return [...mentions].map(([to, names]) => ({
    channel: 'slack',
    destination: webhook ? WEBHOOK : `slack:${to}`,
    to,
    mentions: [...names],
  }));
}

/** A Slack id becomes a mention that notifies. A plain `@name` stays text that people can at least read. */
export function toMention(slack: string): string {
  if (/^[UW][A-Z0-9]{2,}$/.test(slack)) return `<@${slack}>`;
  return /^S[A-Z0-9]{2,}$/.test(slack) ? `<!subteam^${slack}>` : slack;
}

/** One mail per incident and notice to all recipients: two lists with the same person give one mail. */
function listMailTargets(configured: ConfiguredChannels, notified: Route[], contacts: Person[]): Target[] {
  if (!configured.mail) return [];
  const lists = listMailAddresses(configured, notified);
  const people = contacts.flatMap((contact) => contact.email ?? []);
  const byAddress = new Map<string, string>();
  for (const address of [...lists, ...people]) {
    const same = address.toLowerCase();
    if (!byAddress.has(same)) byAddress.set(same, address);
  }
  const to = [...byAddress.values()];
  return to.length === 0 ? [] : [{ channel: 'email', destination: 'email', to }];
}

/** The addresses of some routes, in their order; a variable that is not set has none. */
export function listMailAddresses({ mailLists }: ConfiguredChannels, routes: readonly Route[]): string[] {
  return routes
    .flatMap(({ email = [] }) => email)
    .flatMap(
      (entry) =>
        (entry.includes('@') ? [entry] : Object.hasOwn(mailLists, entry) ? mailLists[entry] : []) ?? [],
    );
}

/**
 * One destination of a notice with its addressees. Targets with the same `destination` are one physical place
 * and are merged.
 */
export type Target =
  | {
      channel: 'slack';
      /** `slack:#cryptofunk-alerts`, or `slack:webhook` when only an incoming webhook is configured. */
      destination: string;
      /** Channel name with `#`, a channel id, or empty for the webhook's own channel. */
      to: string;
      /** Slack mentions to interrupt with: `<!channel>`, `<@U…>`, `<!subteam^S…>`, or a plain `@name`. */
      mentions: string[];
    }
  | { channel: 'email'; destination: 'email'; to: string[] };
