import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { HOUR, SECOND } from '../../lib/core/shared/time.ts';
import { catalog } from '../support/factories/catalog.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { type AlertmanagerPair, startAlertmanagerPair } from '../support/servers/real-alertmanager.ts';
import { startWebhookRecorder, type WebhookRecorder } from '../support/servers/webhook-recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'first-responder-heartbeat-'));
let recorder: WebhookRecorder | undefined;
let alertmanagers: AlertmanagerPair | undefined;

afterEach(async () => {
  await alertmanagers?.stop();
  await recorder?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A pair with a firing Watchdog, kept up like by Prometheus and repeated every second or two. */
async function startWatched(url: string): Promise<AlertmanagerPair> {
  const receivers = [{ name: 'fr', url, auth: { kind: 'bearer' as const, token: 'token' } }];
  const pair = await startAlertmanagerPair({ folder, receivers, repeatInterval: '1s' });
  const alert = {
    labels: { alertname: 'Watchdog', severity: 'none' },
    endsAt: new Date(Date.now() + HOUR).toISOString(),
  };
  const response = await fetch(`${pair.urls[0]}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  expect(response.status).toBe(200);
  return pair;
}

test('an Alertmanager that stops opens an incident, and resolves it when it is back', async () => {
  const defaultRule = { alertname: 'Watchdog', interval: 8 * SECOND, watch: true };
  const system = new FirstResponder({ catalog: catalog({ heartbeat: { defaultRule, sources: {} } }) });
  const { url, deliveries } = (recorder = await startWebhookRecorder());
  let taken = 0;
  /** Processes the received webhooks, moves the clock like the time outside, and runs a tick. */
  const pass = async () => {
    system.world.clock.set(Date.now());
    for (; taken < deliveries.length; taken += 1) await system.receive([], deliveries[taken]?.body);
    await system.tick();
    await system.drain();
    return [...system.world.incidents.items.values()].map(
      ({ alertname, status }) => `${alertname} ${status}`,
    );
  };
  const bookingWindow = (state: string) =>
    waitFor(state, async () => ((await pass()).join() === state ? true : undefined), {
      everyMs: 500,
    });

  alertmanagers = await startWatched(url);
  await waitFor(
    'six deliveries',
    async () => {
      const incidents = await pass();
      expect(incidents).toEqual([]);
      return deliveries.length >= 6 ? true : undefined;
    },
    { everyMs: 500 },
  );
  await alertmanagers.stop();
  await bookingWindow('HeartbeatMissing open');
  alertmanagers = await startWatched(url);
  await bookingWindow('HeartbeatMissing resolved');

  const texts = system.slack.roots('#cryptofunk-critical').map(({ message }) => message.text);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatch(/resolved/i);
});
