import { readRoutes } from '../../../lib/channels/registry.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The channels of a typical deployment: a bot in Slack, unless only a Slack incoming webhook is set here, and mail. A
 * list whose addresses are not set here is shown by its name.
 */
export function assumedChannels(environment: Environment, lists: readonly string[]): ChannelRoutes[] {
  const isSet = (name: string) => Boolean(environment[name] ?? environment[`${name}_PARAMETER`]);
  const byWebhook = isSet('SLACK_WEBHOOK_URL') && !isSet('SLACK_BOT_TOKEN');
  const slack = byWebhook ? { SLACK_WEBHOOK_URL: 'assumed' } : { SLACK_BOT_TOKEN: 'assumed' };
  const mailLists = Object.fromEntries(lists.map((list) => [list, addresses(list, environment)]));
  return readRoutes({ ...slack, SMTP_HOST: 'assumed' }, { mailLists });
}

function addresses(list: string, environment: Environment): string[] {
  const given = (environment[list] ?? '').split(',').map((address) => address.trim());
  const known = given.filter((address) => address !== '');
  return known.length > 0 ? known : [list];
}
