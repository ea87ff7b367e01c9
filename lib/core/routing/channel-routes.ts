import type { Person, Route, RunbookCatalog } from '../runbook/runbook.ts';
import type { Target } from './target.ts';

/** What a channel chooses its targets by. */
export type RoutingRequest = {
  /** The routes of the current severity. */
  current: Route[];
  /** The routes of every severity so far: their readers receive every later change. */
  known: Route[];
  /** Whether the notice interrupts the readers of `current`. */
  interrupts: boolean;
  /** Whether the notice adds to something already known, as a reminder does. */
  addsToKnown: boolean;
  /** People whom the notice calls by name. */
  contacts: Person[];
  /** People who were called before, when the notice says the end. */
  readersOfEnd: Person[];
};

/** What routing asks of a channel. Pure. */
export interface ChannelRoutes {
  /** The channel's name, as in targets. */
  readonly channel: string;
  readonly isConfigured: boolean;
  /** `programs`: a notice there reaches nobody, so it stands in for no notice to people, and carries none. */
  readonly readBy: 'people' | 'programs';
  /** Whether all its destinations are of one service, which fails as a whole. */
  readonly isOneService: boolean;
  /** The route taken when no route that applies leads to a configured channel. */
  readonly lastResort: 'first-route' | 'last-route';
  /** The destination of all its targets, if the channel addresses each reader, as by mail. */
  readonly oneDestination?: string;
  /** The targets of a notice, each physical place once; none while the channel is not configured. */
  findTargets(request: RoutingRequest): Target[];
  /** Places that the routes name and no variable has, in words for the log. */
  listUnknown?(routes: readonly Route[]): string[];
  /** The addresses of a person in this channel, as targets hold them; none where nobody is called by name. */
  listAddresses(person: Person): string[];
  /** A target in a few words, as `Slack #cryptofunk-alerts, calling @channel`. */
  formatTarget(target: Target): string;
  /** Compares targets of this channel: the larger, the more people a message there interrupts. */
  getLoudness(target: Target): number;
  /** The target that reaches every reader whom the catalog names; absent: the channel has none. */
  reachEverybody?(catalog: RunbookCatalog): Target | undefined;
}

/** The channel of that name. Throws for a name that no channel has. */
export function findChannel<C extends { readonly channel: string }>(channels: readonly C[], name: string): C {
  const found = channels.find(({ channel }) => channel === name);
  if (found === undefined) throw new Error(`there is no channel ${name}`);
  return found;
}
