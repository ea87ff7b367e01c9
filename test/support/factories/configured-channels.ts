import { createMailChannel } from '../../../lib/channels/email/channel.ts';
import { createMailRoutes } from '../../../lib/channels/email/routes.ts';
import { createSlackChannel } from '../../../lib/channels/slack/channel.ts';
import { createMemorySlack } from '../../../lib/channels/slack/memory-slack.ts';
import { createSlackRoutes, type SlackAccess } from '../../../lib/channels/slack/routes.ts';
import type { Abilities } from '../../../lib/core/delivery/decide.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';

/** Which channels are configured. */
export type ConfiguredChannels = {
  slack: SlackAccess;
  mail: boolean;
  /** Addresses by the name of the variable that holds them. */
  mailLists: Record<string, string[]>;
};

export const configuredChannels: ConfiguredChannels = {
  slack: 'bot',
  mail: true,
  mailLists: { ALERT_EMAIL_TO: ['team@example.com'], CRITICAL_ALERT_EMAIL_TO: ['oncall@example.com'] },
};

export function toRoutes({ slack, mail, mailLists }: ConfiguredChannels): ChannelRoutes[] {
  return [createSlackRoutes(slack), createMailRoutes({ isConfigured: mail, mailLists })];
}

export type AbilitiesName = 'edits' | 'posts' | 'mails';

/** What the channels can do: Slack by bot token, Slack by incoming webhook, and mail. */
export const abilitiesOf: Record<AbilitiesName, Abilities> = {
  edits: createSlackChannel({ client: createMemorySlack() }).abilities,
  posts: createSlackChannel({ client: createMemorySlack({ canEdit: false }) }).abilities,
  mails: createMailChannel({
    mailLists: {},
    domain: 'example.com',
    pictures: { encode: async () => new Uint8Array() },
    log: { info() {}, warn() {}, error() {} },
  }).abilities,
};
