import { expect, it } from 'vitest';
import { createWebhookRoutes } from '../../../lib/channels/webhook/routes.ts';

const routes = [{ webhook: 'pager' }, { webhook: 'Pager' }, { webhook: 'Pager', category: ['agents'] }, {}];

it('a webhook that routes name and NOTIFY_WEBHOOKS does not is one to warn of', () => {
  const { listUnknown } = createWebhookRoutes(['pager']);

  expect(listUnknown?.(routes)).toEqual(['webhook Pager: NOTIFY_WEBHOOKS does not name it']);
});

it('without any webhook every name is unknown', () => {
  expect(createWebhookRoutes([]).listUnknown?.(routes)).toHaveLength(2);
});
