import { readRoutes } from '../../../lib/channels/registry.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';
import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The channels of a typical deployment: a bot in Slack, unless only a Slack incoming webhook is set here, mail, and the
 * webhooks that the routes name. A mail list whose addresses are not set here is shown by its name.
 */
export function assumedChannels(
  environment: Environment,
  { mailLists: lists, routes }: Pick<RunbookCatalog, 'mailLists' | 'routes'>,
): ChannelRoutes[] {
  const isSet = (name: string) => Boolean(environment[name] ?? environment[`${name}_PARAMETER`]);
  const byWebhook = isSet('SLACK_WEBHOOK_URL') && !isSet('SLACK_BOT_TOKEN');
  const slack = byWebhook ? { SLACK_WEBHOOK_URL: 'assumed' } : { SLACK_BOT_TOKEN: 'assumed' };
  const mailLists = Object.fromEntries(lists.map((list) => [list, addresses(list, environment)]));
  const webhooks = new Map(routes.flatMap(({ webhook }) => (webhook ? [[webhook, 'assumed']] : [])));
  return readRoutes({ ...slack, SMTP_HOST: 'assumed', NOTIFY_WEBHOOKS: webhooks }, { mailLists });
}

function addresses(list: string, environment: Environment): string[] {
  const given = (environment[list] ?? '').split(',').map((address) => address.trim());
  const known = given.filter((address) => address !== '');
  return known.length > 0 ? known : [list];
}
