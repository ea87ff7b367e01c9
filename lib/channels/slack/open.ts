import type { Channel } from '../../core/channel/channel.ts';
import { createSlackChannel } from './channel.ts';
import { createSlackBotClient } from './client/bot-client.ts';
import { createSlackWebhookClient } from './client/webhook-client.ts';
import type { SlackVariables } from './routes.ts';
import type { SlackClient } from './slack-client.ts';

/** Slack as the variables say; by bot token if there is one. */
export function openSlack(config: SlackVariables & { SLACK_API_URL?: string | undefined }): Channel {
  return createSlackChannel({ client: createClient(config) });
}

function createClient({
  SLACK_BOT_TOKEN: token,
  SLACK_WEBHOOK_URL: url,
  SLACK_API_URL: api,
}: Parameters<typeof openSlack>[0]): SlackClient | undefined {
  // The SDK appends method names to this, so it has to end in a slash.
  if (token) return createSlackBotClient({ token, apiUrl: api && `${api}/` });
  return url === undefined ? undefined : createSlackWebhookClient({ url });
}
