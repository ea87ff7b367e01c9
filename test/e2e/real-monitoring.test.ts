import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../support/processes/wait-for.ts';
import { type RealMonitoring, startRealMonitoring } from '../support/servers/real-monitoring.ts';
import { startWebhookRecorder, type WebhookRecorder } from '../support/servers/webhook-recorder.ts';

let monitoring: RealMonitoring | undefined;
let recorder: WebhookRecorder | undefined;

afterEach(async ({ task }) => {
  const keep = task.result?.state === 'fail';
  if (keep) console.error(`configurations and logs are kept in ${monitoring?.folder}`);
  await monitoring?.stop({ keep });
  await recorder?.stop();
});

test('a pair with late gossip sends one rule’s firing twice, through every receiver', async () => {
  const { url, deliveries } = (recorder = await startWebhookRecorder());
  monitoring = await startRealMonitoring({
    receivers: [
      { name: 'first', url: `${url}/first`, auth: { kind: 'bearer', token: 'one' } },
      { name: 'second', url: `${url}/second`, auth: { kind: 'basic', username: 'am', password: 'two' } },
    ],
    externalURLs: ['http://alertmanager-a.example:9093', 'http://alertmanager-b.example:9093'],
    peerTimeout: '1ms',
  });

  monitoring.trouble.idleConnections(0);
  await waitFor('four deliveries', () => (deliveries.length >= 4 ? true : undefined));

  const seen = new Set(deliveries.map(({ path, payload }) => `${path} from ${payload.externalURL}`));
  expect([...seen].toSorted()).toEqual([
    '/first from http://alertmanager-a.example:9093',
    '/first from http://alertmanager-b.example:9093',
    '/second from http://alertmanager-a.example:9093',
    '/second from http://alertmanager-b.example:9093',
  ]);
  expect(new Set(deliveries.map(({ payload }) => payload.alerts[0]?.fingerprint)).size).toBe(1);
  expect(deliveries.find(({ path }) => path === '/first')?.headers.authorization).toBe('Bearer one');
  expect(deliveries.find(({ path }) => path === '/second')?.headers.authorization).toBe(
    `Basic ${btoa('am:two')}`,
  );
});
