import type { ChannelRoutes, RoutingRequest } from '../../core/routing/channel-routes.ts';
import type { Target } from '../../core/routing/target.ts';

export const SLACK = 'slack';

/** How Slack is reached: by a bot token, by an incoming webhook alone, or not at all. */
export type SlackAccess = 'bot' | 'webhook' | 'none';

const CHANNEL_MENTION = '<!channel>';

export type SlackVariables = { SLACK_BOT_TOKEN?: string | undefined; SLACK_WEBHOOK_URL?: string | undefined };

/** A bot token is preferred to an incoming webhook, because it can thread and edit. */
export function readSlackRoutes({ SLACK_BOT_TOKEN, SLACK_WEBHOOK_URL }: SlackVariables): ChannelRoutes {
  return createSlackRoutes(SLACK_BOT_TOKEN ? 'bot' : SLACK_WEBHOOK_URL ? 'webhook' : 'none');
}

/**
 * Slack's channels by the routes' `slack`. An incoming webhook has its own channel, whatever the routes say, and
 * receives everything. Everybody in a channel reads along, so nobody is added for the end.
 */
export function createSlackRoutes(access: SlackAccess): ChannelRoutes {
  return {
    channel: SLACK,
    isConfigured: access !== 'none',
    readBy: 'people',
    isOneService: true,
    lastResort: 'first-route',
    findTargets: (request) => (access === 'none' ? [] : findTargets(access, request)),
    listAddresses: ({ slack }) => (slack === undefined ? [] : [toMention(slack)]),
    formatTarget,
    getLoudness: ({ mentions = [] }) => (mentions.includes(CHANNEL_MENTION) ? 100 : 0) + mentions.length,
  };
}

function findTargets(
  access: 'bot' | 'webhook',
  { current, known, interrupts, contacts }: RoutingRequest,
): Target[] {
  const mentions = new Map<string, Set<string>>();
  const webhook = access === 'webhook';
  for (const { slack } of known) {
    if (slack !== undefined) mentions.set(webhook ? '' : slack, new Set());
  }
  if (webhook) mentions.set('', new Set());

  const loud = interrupts ? current.filter(({ slack, mention }) => slack && mention === 'channel') : [];
  for (const { slack = '' } of loud) mentions.get(webhook ? '' : slack)?.add(CHANNEL_MENTION);
  const channel = webhook ? '' : (loud[0]?.slack ?? [...mentions.keys()][0]);
  for (const { slack } of contacts) {
    if (channel !== undefined && slack !== undefined) mentions.get(channel)?.add(toMention(slack));
  }
  return [...mentions].map(([to, names]) => ({
    channel: SLACK,
    destination: webhook ? `${SLACK}:webhook` : `${SLACK}:${to}`,
    to,
    mentions: [...names],
  }));
}

function formatTarget({ to, mentions = [] }: Target): string {
  const called = mentions.map((mention) => (mention === CHANNEL_MENTION ? '@channel' : mention));
  const where = to === '' ? "the webhook's channel" : String(to);
  return `Slack ${where}${called.length === 0 ? '' : `, calling ${called.join(' ')}`}`;
}

/** A Slack id becomes a mention that notifies. A plain `@name` stays text that people can at least read. */
function toMention(slack: string): string {
  if (/^[UW][A-Z0-9]{2,}$/.test(slack)) return `<@${slack}>`;
  return /^S[A-Z0-9]{2,}$/.test(slack) ? `<!subteam^${slack}>` : slack;
}
