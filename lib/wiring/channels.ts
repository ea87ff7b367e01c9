import { createSmtpMailChannel } from '../adapters/email/smtp-mail-channel.ts';
import { createSlackBotChannel } from '../adapters/slack/slack-bot-channel.ts';
import { createSlackWebhookChannel } from '../adapters/slack/slack-webhook-channel.ts';
import type { SourceUrls } from '../config/variables.ts';
import type { MailChannel, SlackChannel } from '../core/delivery/channels.ts';
import type { ConfiguredChannels } from '../core/routing/route-notice.ts';

/** The actions that buttons under a message offer for a source. */
export function createButtons(urls: SourceUrls | undefined) {
  return {
    canSilence: (source: string) =>
      urls !== undefined && (urls.anySource.length > 0 || Object.hasOwn(urls.bySource, source)),
  };
}

type ChannelVariables = {
  SLACK_BOT_TOKEN?: string | undefined;
  SLACK_WEBHOOK_URL?: string | undefined;
  SMTP_HOST?: string | undefined;
};

/** The channels for routing; a bot token is preferred to a Slack incoming webhook, because it can thread and edit. */
export function listConfiguredChannels(
  config: ChannelVariables,
  mailLists: Record<string, string[]>,
): ConfiguredChannels {
  return {
    slack: config.SLACK_BOT_TOKEN ? 'bot' : config.SLACK_WEBHOOK_URL ? 'webhook' : 'none',
    mail: config.SMTP_HOST !== undefined,
    mailLists,
  };
}

export function createSlackChannel(
  config: ChannelVariables & { SLACK_API_URL?: string | undefined },
): SlackChannel | undefined {
  const { SLACK_BOT_TOKEN: token, SLACK_WEBHOOK_URL: url, SLACK_API_URL: api } = config;
  // The SDK appends method names to this, so it has to end in a slash.
  if (token) return createSlackBotChannel({ token, apiUrl: api === undefined ? undefined : `${api}/` });
  return url === undefined ? undefined : createSlackWebhookChannel({ url });
}

type MailVariables = {
  SMTP_HOST?: string | undefined;
  SMTP_PORT: number;
  SMTP_FROM: string;
  SMTP_USERNAME?: string | undefined;
  SMTP_PASSWORD?: string | undefined;
};

export function createMailChannel(config: MailVariables): MailChannel | undefined {
  const { SMTP_HOST: host, SMTP_PORT: port, SMTP_FROM: from } = config;
  if (host === undefined) return undefined;
  return createSmtpMailChannel({
    host,
    port,
    from,
    username: config.SMTP_USERNAME,
    password: config.SMTP_PASSWORD,
  });
}
