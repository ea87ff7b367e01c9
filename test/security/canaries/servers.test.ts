import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertmanagerProbe } from '../../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { createHttpProbe } from '../../../lib/adapters/http/http-probe.ts';
import { createKubernetesProbe } from '../../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../../lib/adapters/prometheus/prometheus-probe.ts';
import { createSmtpClient } from '../../../lib/channels/email/client/smtp-client.ts';
import { createSlackBotClient } from '../../../lib/channels/slack/client/bot-client.ts';
import { createSlackReply } from '../../../lib/channels/slack/client/response-url.ts';
import { createSlackWebhookClient } from '../../../lib/channels/slack/client/webhook-client.ts';
import { createHttpWebhookClient } from '../../../lib/channels/webhook/client/http-client.ts';
import type { Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import { runDiagnosis } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import type { Step } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { runbook } from '../../support/factories/catalog.ts';
import { given } from '../../support/servers/kubernetes-access.ts';
import { serve, stopServing } from '../../support/servers/serve.ts';

// Configured secrets, against servers that tell everything they were sent: in errors, in redirects, in answers of any status.

const CANARY = 'c4n4ryZx8Secret';
/** As it is, and as headers and commands carry it. */
/** A secret of the server itself, in what it answers. */
const THEIRS = 'th31rsZx9Secret';
const forms = [CANARY, THEIRS, Buffer.from(CANARY).toString('base64').slice(1, -4)];
const base64OfPair = [`user:${CANARY}`, `\0user\0${CANARY}`].map((pair) =>
  Buffer.from(pair).toString('base64').slice(0, -4),
);

/** Statuses and forms in which a server repeats a request. */
const manners = [200, 302, 400, 401, 403, 404, 429, 500, 503] as const;
let manner: (typeof manners)[number] = 200;
let url: string;
let asked = 0;
let smtp: Server;
let smtpPort: number;

beforeAll(async () => {
  url = await serve((request, response) => void echo(request, response));
  smtp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 mail\r\n');
    socket.on('data', (data) => {
      const line = data.toString().trim();
      if (/^EHLO/i.test(line)) socket.write('250-mail\r\n250 AUTH PLAIN LOGIN\r\n');
      else socket.write(`535 5.7.8 refused: ${line} password=${CANARY}\r\n`);
    });
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const address = smtp.address();
  smtpPort = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(async () => {
  await stopServing();
  await new Promise((resolve) => smtp.close(resolve));
});

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked += 1;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  // A bare token has no form by which redaction could tell it.
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const body = Buffer.concat(chunks).toString();
  const repeated = `refused ${token} password=${THEIRS} ${request.url} ${JSON.stringify(request.headers)} ${body}`;
  response.writeHead(manner, {
    'content-type': 'application/json',
    location: `${url}/?password=${CANARY}`,
    'retry-after': '0',
  });
  response.end(
    JSON.stringify({
      ok: false,
      error: repeated,
      status: 'error',
      errorType: repeated,
      message: repeated,
      kind: 'Status',
      reason: repeated,
    }),
  );
}

function secretOf(text: string): string[] {
  return [...forms, ...base64OfPair].filter((form) => text.includes(form));
}

const withUser = () => url.replace('http://', `http://user:${CANARY}@`);
const base = { title: 'step', timeout: MINUTE, sentence: '{{ result.count }} found' };
const steps: Step[] = [
  { ...base, id: 'promql', kind: 'promql', query: 'up' },
  { ...base, id: 'alertmanager', kind: 'alertmanager', match: {} },
  { ...base, id: 'kubernetes', kind: 'kubernetes', read: 'pods', namespace: 'x' },
  {
    ...base,
    id: 'logs',
    kind: 'kubernetes',
    read: 'logs',
    namespace: 'x',
    pod: 'x',
    tail: 10,
    previous: false,
  },
  { ...base, id: 'health', kind: 'http', read: 'health', targets: ['api'], path: '/health' },
  { ...base, id: 'metrics', kind: 'http', read: 'metrics', target: 'api', path: '/metrics', match: 'x' },
  { ...base, id: 'sql', kind: 'sql', query: 'SELECT 1', params: [] },
];

async function diagnose(): Promise<Finding[]> {
  const { host } = new URL(url);
  const sql = createPostgresProbe({ connectionString: `postgres://user:${CANARY}@${host}/db` });
  const alert = { fingerprint: 'a', labels: { alertname: 'X' }, annotations: {}, startsAt: 0 };
  const { findings } = await runDiagnosis({
    runbook: runbook({ diagnostics: steps }),
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'prod',
    alerts: [{ ...alert, generatorURL: 'http://p/graph?g0.expr=up' }],
    probes: {
      prometheus: createPrometheusProbe({ urls: { anySource: [withUser()], bySource: {} } }),
      alertmanager: createAlertmanagerProbe({ urls: { anySource: [withUser()], bySource: {} } }),
      kubernetes: createKubernetesProbe({ url, token: given(CANARY) }),
      http: createHttpProbe({ targets: new Map([['api', withUser()]]) }),
      sql,
    },
    clock: systemClock,
    deadline: HOUR,
  });
  await sql.release();
  return findings;
}

describe('a server that tells what it was sent', () => {
  it.each(manners)('with status %i: no finding has a secret of the configuration', async (status) => {
    manner = status;
    asked = 0;

    const findings = await diagnose();

    expect(findings.length).toBeGreaterThanOrEqual(steps.length);
    expect(asked).toBeGreaterThanOrEqual(5);
    for (const finding of findings) expect(secretOf(JSON.stringify(finding)), finding.stepId).toEqual([]);
  });

  it.each(manners)(
    'with status %i: no outcome of a channel has a secret of the configuration',
    async (status) => {
      manner = status;
      asked = 0;
      const slack = createSlackBotClient({ token: `xoxb-${CANARY}`, apiUrl: `${url}/api/` });
      const hook = createSlackWebhookClient({ url: `${url}/services/${CANARY}` });
      const webhooks = createHttpWebhookClient({
        urls: new Map([['ops', `${url}/hook?token=${CANARY}`]]),
        secret: CANARY,
        now: systemClock.now,
      });
      const reply = createSlackReply({ apiUrl: url, timeoutMs: 60_000 });
      const message = { text: 'x', blocks: [] };

      const outcomes = await Promise.allSettled([
        slack.post('#x', message),
        hook.post('#x', message),
        webhooks.post({ name: 'ops', key: 'k', body: '{}' }),
        reply(`${url}/actions/${CANARY}`, 'x'),
      ]);

      expect(asked).toBeGreaterThanOrEqual(4);
      expect(outcomes.map(({ status: how }) => how)).toEqual(outcomes.map(() => 'fulfilled'));
      expect(secretOf(JSON.stringify(outcomes))).toEqual([]);
    },
  );

  it('a mail server that repeats the password: no outcome has it', async () => {
    const mail = createSmtpClient({
      host: '127.0.0.1',
      port: smtpPort,
      from: 'fr@example.com',
      username: 'user',
      password: CANARY,
    });

    const outcome = await mail.send({
      to: ['ops@example.com'],
      subject: 'x',
      text: 'x',
      html: 'x',
      messageId: '<x@example.com>',
    });

    expect(outcome.kind).not.toBe('delivered');
    expect(secretOf(JSON.stringify(outcome))).toEqual([]);
  });
});
