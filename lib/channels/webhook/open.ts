import type { Channel } from '../../core/channel/channel.ts';
import { createWebhookChannel } from './channel.ts';
import { createHttpWebhookClient } from './client/http-client.ts';
import type { WebhookVariables } from './routes.ts';

/** The webhooks that the variables name; the configuration has made sure of a secret. */
export function openWebhooks({
  NOTIFY_WEBHOOKS: urls,
  NOTIFY_WEBHOOK_SECRET: secret,
}: WebhookVariables & { NOTIFY_WEBHOOK_SECRET?: string | undefined }): Channel {
  const client = urls && secret ? createHttpWebhookClient({ urls, secret, now: Date.now }) : undefined;
  return createWebhookChannel({ client, names: [...(urls?.keys() ?? [])] });
}
