import type { Channel } from '../core/channel/channel.ts';
import type { ChannelRoutes } from '../core/routing/channel-routes.ts';
import type { Log } from '../core/shared/log.ts';
import { openMail } from './email/open.ts';
import { readMailRoutes } from './email/routes.ts';
import { openSlack } from './slack/open.ts';
import { readSlackRoutes } from './slack/routes.ts';
import { openWebhooks } from './webhook/open.ts';
import { readWebhookRoutes } from './webhook/routes.ts';

// The channels, in the order in which one stands in for another. Routing alone needs no clients, so that its functions
// are bundled without them: each list is used by those who need it.

const routes = [readSlackRoutes, readMailRoutes, readWebhookRoutes];
const openers = [openSlack, openMail, openWebhooks];

type Lists = { mailLists: Readonly<Record<string, string[]>> };

/** What routing asks of every channel, configured or not. */
export function readRoutes(config: Variables<(typeof routes)[number]>, lists: Lists): ChannelRoutes[] {
  return routes.map((read) => read(config, lists));
}

/** Every channel, configured or not. */
export function openChannels(
  config: Variables<(typeof openers)[number]>,
  parts: Lists & { log: Log },
): Channel[] {
  return openers.map((open) => open(config, parts));
}

/** The variables that functions of a union read, together. */
type Variables<F> = (
  F extends (config: infer C, ...rest: never[]) => unknown
    ? (config: C) => void
    : never
) extends (config: infer All) => void
  ? All
  : never;
