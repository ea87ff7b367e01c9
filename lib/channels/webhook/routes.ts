import type { ChannelRoutes } from '../../core/routing/channel-routes.ts';

const WEBHOOK = 'webhook';

/**
 * Programs, by the routes' `webhook`: each name is a place. They are notified of everything, quiet notices as
 * well, and nobody is called there.
 */
export function createWebhookRoutes(names: readonly string[]): ChannelRoutes {
  return {
    channel: WEBHOOK,
    isConfigured: names.length > 0,
    readBy: 'programs',
    isOneService: false,
    lastResort: 'last-route',
    findTargets({ known }) {
      const notified = new Set(known.flatMap(({ webhook }) => webhook ?? []));
      return names
        .filter((name) => notified.has(name))
        .map((name) => ({ channel: WEBHOOK, destination: `${WEBHOOK}:${name}`, to: name }));
    },
    listUnknown: (routes) =>
      [...new Set(routes.flatMap(({ webhook }) => webhook ?? []))]
        .filter((name) => !names.includes(name))
        .map((name) => `webhook ${name}: NOTIFY_WEBHOOKS does not name it`),
    listAddresses: () => [],
    formatTarget: ({ to }) => `webhook ${String(to)}`,
    getLoudness: () => 0,
  };
}

/** `NOTIFY_WEBHOOKS`: addresses by name. */
export type WebhookVariables = { NOTIFY_WEBHOOKS?: ReadonlyMap<string, string> | undefined };

export function readWebhookRoutes({ NOTIFY_WEBHOOKS: urls = new Map() }: WebhookVariables): ChannelRoutes {
  return createWebhookRoutes([...urls.keys()]);
}
