import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';
import { agentNames } from '../test/support/factories/agent-names.ts';
import { waitFor } from '../test/support/processes/wait-for.ts';
import { ALERTMANAGER } from '../test/support/servers/real-alertmanager.ts';
import { type RealMonitoring, startRealMonitoring } from '../test/support/servers/real-monitoring.ts';
import { PROMETHEUS } from '../test/support/servers/real-prometheus.ts';
import {
  type RecordedDelivery,
  startWebhookRecorder,
  type WebhookRecorder,
} from '../test/support/servers/webhook-recorder.ts';
import { compileRunbooks } from './compile-runbooks.ts';
import { diagnoseMessages, httpApiEvent, sqsEvent } from './lambda-events.ts';

const HELP = `Usage: npm run events:capture [-- --out FOLDER]

Lets a real Prometheus (with a small exporter in trouble) and a real pair of Alertmanagers post to a recording
webhook, and writes what they posted, to the byte, into events/.

  --out FOLDER   write there instead of events/
  --help         show this

Needs prometheus and prometheus-alertmanager on PATH (Debian: apt-get install prometheus prometheus-alertmanager).
Exit code: 0 everything was captured and written, 1 something was not (then nothing is written), 2 wrong usage.
`;

const FIRST_PEER = 'http://alertmanager.example:9093';
const SECOND_PEER = 'http://alertmanager-2.example:9093';
const AGENTS = agentNames(40);
const STILL_DOWN = new Set(AGENTS.slice(0, 12));
const RUNBOOKS = fileURLToPath(new URL('../runbooks', import.meta.url));
const SCENES = 12;

/** File name below events/ → its text. */
type Files = Map<string, string>;
type Wanted = { from?: string; receiver?: string; where: (delivery: RecordedDelivery) => boolean };

/** Waits for a webhook and keeps its body as a file. */
type Keep = (name: string, wanted: Wanted) => Promise<RecordedDelivery>;

async function main(): Promise<number> {
  const options = readOptions();
  if (options.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.kind === 'wrong') {
    process.stderr.write(`${options.reason}\n\n${HELP}`);
    return 2;
  }
  const startedAt = performance.now();
  const recorder = await startWebhookRecorder();
  let monitoring: RealMonitoring | undefined;
  try {
    // First, because a mistake in a runbook must not cost the wait.
    const catalog = compileRunbooks(RUNBOOKS);
    say('starting Prometheus and two Alertmanagers');
    monitoring = await startRealMonitoring({
      receivers: [
        receiver('first-responder', recorder, { auth: { kind: 'bearer', token: 'example-token' } }),
        receiver('first-10', recorder, { auth: { kind: 'bearer', token: 'example-token' }, maxAlerts: 10 }),
        // A dot, because Alertmanager posts a receiver's name quoted for regular expressions.
        receiver('ops.db', recorder, {
          auth: { kind: 'basic', username: 'alertmanager', password: 'example-token' },
        }),
      ],
      externalURLs: [FIRST_PEER, SECOND_PEER],
      peerTimeout: '1ms',
      repeatInterval: '6s',
    });
    const files = await capture(monitoring, recorder, catalog);
    write(options.out, files);
    say(
      `wrote ${files.size} files to ${options.out} after ${Math.round((performance.now() - startedAt) / 1_000)} s`,
    );
    return 0;
  } catch (error) {
    process.stderr.write(`not captured: ${sentenceOf(error)}\n`);
    return 1;
  } finally {
    await monitoring?.stop();
    await recorder.stop();
  }
}

/** Plays the scenes one after the other; each waits for its payload. */
async function capture(
  { trouble }: RealMonitoring,
  recorder: WebhookRecorder,
  catalog: RunbookCatalog,
): Promise<Files> {
  const files: Files = new Map();
  const keep: Keep = async (name, wanted) => {
    const delivery = await waitFor(`alertmanager/${name}`, () => find(recorder, wanted));
    files.set(`alertmanager/${name}`, delivery.body);
    say(`${String(files.size).padStart(2)} of ${SCENES}  alertmanager/${name}`);
    return delivery;
  };
  const { critical, second } = await playConnectionPool(trouble, keep);
  const group = await playAgents(trouble, keep);
  trouble.errorRatio(0.3);
  await keep('firing-error-rate.json', { where: isFiring('HighErrorRate') });
  trouble.circuitBreaker('exchange', true);
  await keep('firing-special-characters.json', { where: isFiring('CircuitBreakerOpen') });

  files.set('alertmanager/headers-bearer.json', pretty(critical.headers));
  files.set('alertmanager/headers-basic.json', pretty(second.headers));
  files.set('captured-from.json', pretty({ capturedAt: new Date().toISOString(), ...versions() }));
  files.set('lambda/receive-webhook.json', pretty(lambdaEventOf(critical)));
  files.set('lambda/receive-webhook-group-of-40.json', pretty(lambdaEventOf(group)));
  const [message] = diagnoseMessages(catalog, critical.body, new Date());
  if (message === undefined) throw new Error('the captured firing would tell nobody');
  files.set('lambda/diagnose-incident.json', pretty(sqsEvent(message, new Date())));
  return files;
}

/** The database has no connections left, twice. `second`: what the second receiver got of it. */
async function playConnectionPool(trouble: RealMonitoring['trouble'], keep: Keep) {
  trouble.idleConnections(0);
  const critical = await keep('firing-critical.json', { where: isFiring('DatabaseConnectionPoolCritical') });
  const startsAt = critical.payload.alerts[0]?.startsAt;
  const sameFiring = (delivery: RecordedDelivery) => delivery.payload.alerts[0]?.startsAt === startsAt;
  await keep('firing-critical-second-peer.json', { from: SECOND_PEER, where: sameFiring });
  const second = await keep('firing-critical-second-receiver.json', {
    receiver: 'ops\\.db',
    where: isFiring('DatabaseConnectionPoolCritical'),
  });
  await keep('repeated-critical.json', {
    where: (delivery) => isFiring('DatabaseConnectionPoolCritical')(delivery) && delivery !== critical,
  });
  trouble.idleConnections(3);
  await keep('resolved-critical.json', { where: isResolved('DatabaseConnectionPoolCritical') });
  trouble.idleConnections(0);
  await keep('refired-critical.json', {
    where: (delivery) => isFiring('DatabaseConnectionPoolCritical')(delivery) && !sameFiring(delivery),
  });
  trouble.idleConnections(3);
  return { critical, second };
}

/** Forty agents go down, some come back, then all. Returns the first webhook. */
async function playAgents(trouble: RealMonitoring['trouble'], keep: Keep): Promise<RecordedDelivery> {
  for (const agent of AGENTS) trouble.agent(agent, false);
  const group = await keep('firing-group-of-40.json', {
    where: (delivery) => isFiring('AgentDown')(delivery) && delivery.payload.alerts.length === 40,
  });
  await keep('truncated-group.json', {
    receiver: 'first-10',
    where: (delivery) => isFiring('AgentDown')(delivery) && delivery.payload.truncatedAlerts === 30,
  });
  for (const agent of AGENTS) trouble.agent(agent, !STILL_DOWN.has(agent));
  await keep('partly-resolved-group.json', {
    where: (delivery) => isFiring('AgentDown')(delivery) && resolvedIn(delivery) === 28,
  });
  for (const agent of AGENTS) trouble.agent(agent, true);
  await keep('resolved-group.json', { where: isResolved('AgentDown') });
  return group;
}

function find(recorder: WebhookRecorder, wanted: Wanted): RecordedDelivery | undefined {
  const { from = FIRST_PEER, receiver: name = 'first-responder', where } = wanted;
  return recorder.deliveries.find(
    (delivery) =>
      delivery.payload.externalURL === from && delivery.payload.receiver === name && where(delivery),
  );
}

function isFiring(alertname: string): (delivery: RecordedDelivery) => boolean {
  return ({ payload }) => payload.status === 'firing' && payload.alerts[0]?.labels['alertname'] === alertname;
}

function isResolved(alertname: string): (delivery: RecordedDelivery) => boolean {
  return ({ payload }) =>
    payload.status === 'resolved' && payload.alerts[0]?.labels['alertname'] === alertname;
}

function resolvedIn({ payload }: RecordedDelivery): number {
  return payload.alerts.filter(({ status }) => status === 'resolved').length;
}

function receiver(
  name: string,
  { url }: WebhookRecorder,
  rest: Pick<Parameters<typeof startRealMonitoring>[0]['receivers'][number], 'auth' | 'maxAlerts'>,
) {
  return { name, url: `${url}/webhooks/alertmanager`, ...rest };
}

function lambdaEventOf({ body, headers }: RecordedDelivery) {
  const { authorization = '', 'content-type': contentType = '', 'user-agent': userAgent = '' } = headers;
  return httpApiEvent(
    body,
    { authorization, 'content-type': contentType, 'user-agent': userAgent },
    new Date(),
  );
}

/** First lines of `--version`: the servers that sent these payloads. */
function versions() {
  const of = (binary: string) => execFileSync(binary, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  return { prometheus: of(PROMETHEUS), alertmanager: of(ALERTMANAGER) };
}

function write(folder: string, files: Files): void {
  for (const [name, text] of files) {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  }
}

type Options = { kind: 'help' } | { kind: 'wrong'; reason: string } | { kind: 'run'; out: string };

function readOptions(): Options {
  try {
    const { values } = parseArgs({ options: { out: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help === true) return { kind: 'help' };
    return { kind: 'run', out: resolve(values.out ?? fileURLToPath(new URL('../events', import.meta.url))) };
  } catch (error) {
    return { kind: 'wrong', reason: sentenceOf(error) };
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${sentenceOf(error.cause)})`;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
