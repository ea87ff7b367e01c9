import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../test/support/processes/wait-for.ts';
import { type RealMonitoring, startRealMonitoring } from '../../test/support/servers/real-monitoring.ts';
import {
  type RecordedDelivery,
  startWebhookRecorder,
  type WebhookRecorder,
} from '../../test/support/servers/webhook-recorder.ts';
import { silenceSnapshot } from './silence-snapshot.ts';

const HOUR = 3_600_000;
const PEER = 'http://alertmanager.example:9093';

/** File name → the body that was sent, to the byte. */
type Files = Map<string, string>;

/**
 * What a new Alertmanager sends that older ones do not: label names of any characters, the reason of each notification, and
 * what becomes of a silence with several sets of matchers. Written below `folder`; `say` gets a line for each file.
 */
export async function captureNewest(
  folder: string,
  versions: Record<string, string>,
  say: (line: string) => void,
): Promise<void> {
  const recorder = await startWebhookRecorder();
  let monitoring: RealMonitoring | undefined;
  try {
    monitoring = await startRealMonitoring({
      receivers: [
        {
          name: 'first-responder',
          url: `${recorder.url}/webhooks/alertmanager`,
          auth: { kind: 'bearer', token: 'example-token' },
        },
      ],
      externalURLs: [PEER, 'http://alertmanager-2.example:9093'],
      repeatInterval: '6s',
      groupBy: ['alertname', 'service.name'],
      silences: silenceSnapshot({
        id: '6f6a3b54-7d1c-4c5a-9a55-0f4b8f1d2c3e',
        sets: [{ alertname: 'NobodyHasThis' }, { alertname: 'HighErrorRate', severity: 'critical' }],
        startsAt: Date.now() - HOUR,
        endsAt: Date.now() + HOUR,
        createdBy: 'ana',
        comment: 'either of the two',
      }),
      moreRules: join(import.meta.dirname, 'utf8-rules.yml'),
    });
    const files = await capture(monitoring, recorder, say);
    files.set(
      'captured-from.json',
      `${JSON.stringify({ capturedAt: new Date().toISOString(), ...versions }, null, 2)}\n`,
    );
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
  } finally {
    await monitoring?.stop();
    await recorder.stop();
  }
}

async function capture(
  { trouble, alertmanagers }: RealMonitoring,
  recorder: WebhookRecorder,
  say: (line: string) => void,
): Promise<Files> {
  const files: Files = new Map();
  function keep(name: string, body: string): void {
    files.set(name, body);
    say(`captured ${name}`);
  }
  async function keepNotice(name: string, alertname: string, reason: string): Promise<void> {
    const { body } = await waitFor(`${alertname}: ${reason}`, () => find(recorder, alertname, reason));
    keep(name, body);
  }

  trouble.idleConnections(0);
  trouble.errorRatio(0.3);
  trouble.agent('agent-1', false);
  await keepNotice('firing-utf8-labels.json', 'SpeicherErschöpft', 'first notification');
  await keepNotice('firing-agent.json', 'AgentDown', 'first notification');
  await keepNotice('repeated-utf8-labels.json', 'SpeicherErschöpft', 'repeat interval elapsed');
  trouble.agent('agent-2', false);
  await keepNotice('joined-agent.json', 'AgentDown', 'new alerts added');
  trouble.agent('agent-1', true);
  await keepNotice('partly-resolved-agent.json', 'AgentDown', 'some alerts resolved');
  const [url] = alertmanagers.urls;
  keep('alerts-silenced.json', await waitFor('the silenced alert', () => silencedAlerts(url)));
  const listing = await fetch(`${url}/api/v2/silences`);
  if (listing.status !== 500) throw new Error(`silences were answered ${listing.status}, no longer 500`);
  keep('silences-several-matcher-sets.json', await listing.text());
  trouble.idleConnections(3);
  trouble.agent('agent-2', true);
  await keepNotice('resolved-utf8-labels.json', 'SpeicherErschöpft', 'all alerts resolved');
  return files;
}

function find(
  { deliveries }: WebhookRecorder,
  alertname: string,
  reason: string,
): RecordedDelivery | undefined {
  return deliveries.find(
    ({ payload }) =>
      payload.alerts[0]?.labels['alertname'] === alertname && payload['notification_reason'] === reason,
  );
}

/** The API's answer once it holds an alert that is silenced and one that is not. */
async function silencedAlerts(url: string): Promise<string | undefined> {
  const body = await (await fetch(`${url}/api/v2/alerts`)).text();
  return ['"suppressed"', '"active"'].every((state) => body.includes(`"state":${state}`)) ? body : undefined;
}
