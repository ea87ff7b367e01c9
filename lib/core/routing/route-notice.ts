import type { NoticeReason } from '../incident/effect.ts';
import type { TierPages } from '../incident/incident.ts';
import { shouldCallByName } from '../incident/state-machine/tier-pages.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Person, Route, Runbook, RunbookCatalog } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import { type CalledPerson, listCalledPeople, listPeopleCalledSoFar } from './called-people.ts';
/** What is configured to be told at all. */
export type ConfiguredChannels = {
  slack: 'bot' | 'webhook' | 'none';
  mail: boolean;
  /** Addresses by the name of the variable that holds them. */
  mailLists: Readonly<Record<string, string[]>>;
};

export type RoutedNotice = {
  runbook: Runbook;
  /** The severity now, which decides who is interrupted. */
  severity: Severity;
  /** All that this episode has had: who was told of one of them hears of every change since. */
  had: Severity[];
  reason: NoticeReason;
  ping: boolean;
  /** Tiers whose contacts the notice addresses. */
  tiers: Tier[];
  /** When the notice was decided: who was on call then is told, however late it is routed. */
  at: Millis;
  /** Whom its tiers have called so far, who hear of the end as well. */
  tierPages: TierPages[];
};

const CRITICAL_CHANNEL_MENTION = '<!channel>';
const WEBHOOK = 'slack:webhook';

/**
 * Where a notice goes: the places of runbooks/routing.yaml, and the contacts of the tiers it addresses.
 * Places that are physically one are merged, and their mentions unite. Never empty while a channel is configured.
 */
export function routeNotice(
  catalog: RunbookCatalog,
  configured: ConfiguredChannels,
  notice: RoutedNotice,
): Target[] {
  const { severity, ping } = notice;
  const now = catalog.routes.filter((route) => applies(route, [severity], notice));
  const known = catalog.routes.filter((route) => applies(route, [severity, ...notice.had], notice));
  const mailed = addsToKnown(notice) ? now : known;
  const contacts = listAddresses(catalog, notice).map(({ person }) => person);
  const readers = [...contacts, ...awaitingTheEnd(catalog, notice)];

  const reached = [...slackTargets(configured, known, [], []), ...mailTargets(configured, mailed, [])];
  if (reached.length === 0) return somewhere(catalog, configured, contacts, readers);
  return [
    ...slackTargets(configured, known, ping ? now : [], contacts),
    ...mailTargets(configured, mailed, readers),
  ];
}

/**
 * No route that applies leads to a channel that is configured, as info does with mail alone: one that leads
 * anywhere has to do. Of mail lists that is the last in routing.yaml, where the least severe come.
 */
function somewhere(
  catalog: RunbookCatalog,
  configured: ConfiguredChannels,
  contacts: Person[],
  readers: Person[],
): Target[] {
  const routes = configured.slack === 'none' ? catalog.routes.toReversed() : catalog.routes;
  const leading = routes.find(
    (route) =>
      slackTargets(configured, [route], [], []).length + mailTargets(configured, [route], []).length > 0,
  );
  const taken = leading ? [leading] : [];
  return [...slackTargets(configured, taken, [], contacts), ...mailTargets(configured, taken, readers)];
}

/** More of what is known already, which a mail carries only to those whom the severity concerns by now. */
function addsToKnown({ reason }: RoutedNotice): boolean {
  return reason === 'joined' || reason === 'raised' || reason === 'reminder' || reason === 'escalated';
}

function applies(route: Route, severities: Severity[], notice: RoutedNotice): boolean {
  if (route.severity && !severities.some((severity) => route.severity?.includes(severity))) return false;
  if (route.category && !route.category.includes(notice.runbook.category)) return false;
  return true;
}

/** The people whom a notice calls by name. */
export function listAddresses(catalog: RunbookCatalog, notice: RoutedNotice): CalledPerson[] {
  return shouldCallByName(notice, notice.severity) ? listCalledPeople(catalog, notice.tiers, notice.at) : [];
}

/** Whoever was woken by mail is to know that it is over. In Slack they are where it is said. */
function awaitingTheEnd(catalog: RunbookCatalog, { reason, tierPages }: RoutedNotice): Person[] {
  if (reason !== 'resolved' && reason !== 'closed') return [];
  return listPeopleCalledSoFar(catalog, tierPages).map(({ person }) => person);
}

function slackTargets(
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
  // An incoming webhook has its own channel, whatever the routes say; it hears of everything.
  if (webhook) mentions.set('', new Set());

  for (const route of interrupted) {
    if (route.slack === undefined || route.mention !== 'channel') continue;
    mentions.get(webhook ? '' : route.slack)?.add(CRITICAL_CHANNEL_MENTION);
  }
  const loudest = interrupted.find((route) => route.slack !== undefined && route.mention === 'channel');
  const channel = webhook ? '' : (loudest?.slack ?? [...mentions.keys()][0]);
  for (const { slack } of contacts) {
    if (channel !== undefined && slack !== undefined) mentions.get(channel)?.add(mentionOf(slack));
  }
  return [...mentions].map(([to, names]) => ({
    channel: 'slack',
    destination: webhook ? WEBHOOK : `slack:${to}`,
    to,
    mentions: [...names],
  }));
}

/** A Slack id becomes a mention that notifies; a plain `@name` stays text that people can at least read. */
function mentionOf(slack: string): string {
  if (/^[UW][A-Z0-9]{2,}$/.test(slack)) return `<@${slack}>`;
  return /^S[A-Z0-9]{2,}$/.test(slack) ? `<!subteam^${slack}>` : slack;
}

/** One mail an incident and notice, to everybody it is for: two lists with the same person are one mail. */
function mailTargets(configured: ConfiguredChannels, notified: Route[], contacts: Person[]): Target[] {
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

/** One place a notice goes. Two targets with the same `destination` are one physical place and are merged. */
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
