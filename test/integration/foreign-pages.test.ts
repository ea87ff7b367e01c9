import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocalAlertmanager } from '../../infra/local/alertmanager/alertmanager.ts';
import { startApiGateway } from '../../infra/local/aws/api-gateway.ts';
import { startLocalDynamodb } from '../../infra/local/aws/dynamodb.ts';
import { startLocalSqs } from '../../infra/local/aws/sqs.ts';
import { startInbox } from '../../infra/local/inbox/start-inbox.ts';
import { startPrometheusStandIn } from '../../infra/local/prometheus/prometheus-stand-in.ts';
import { startLocalServices } from '../../infra/local/services/services.ts';
import { startLocalSlack } from '../../infra/local/slack/slack.ts';
import { listenOnLoopback } from '../../infra/local/stack/listen-on-loopback.ts';

type Closing = { close(): Promise<unknown> };

const closing: Closing[] = [];
const ports: Record<string, number> = {};
/** What reached the functions, by method and path. */
const reached: string[] = [];

function keep<T extends Closing>(part: T): T {
  closing.push(part);
  return part;
}

beforeAll(async () => {
  // As generous as `serverless offline` towards pages of other origins.
  const functions = createServer(({ method, url, headers }, response) => {
    reached.push(`${method} ${url}`);
    response.setHeader('access-control-allow-origin', headers.origin ?? 'none').end('{}');
  });
  const { port: functionsPort } = keep(await listenOnLoopback(functions));
  const gateway = await startApiGateway({
    port: 0,
    publicHosts: ['duck.ngrok.app'],
    onLine: () => undefined,
  });
  keep(gateway).open(functionsPort);
  ports['the API'] = gateway.port;
  ports['the inbox'] = keep(await startInbox({})).port;
  ports['Slack'] = keep(await startLocalSlack()).port;
  const urls = {
    Prometheus: keep(await startPrometheusStandIn({ start: 0, now: () => 0 })).url,
    Alertmanager: keep(await startLocalAlertmanager({ api: 'http://127.0.0.1:1', readToken: 'x' })).url,
    services: keep(await startLocalServices()).url,
    DynamoDB: keep(await startLocalDynamodb()).endpoint,
    SQS: keep(await startLocalSqs()).endpoint,
  };
  for (const [name, url] of Object.entries(urls)) ports[name] = Number(new URL(url).port);
});

afterAll(() => Promise.all(closing.map((part) => part.close())));

const servers = [
  'the API',
  'the inbox',
  'Slack',
  'Prometheus',
  'Alertmanager',
  'services',
  'DynamoDB',
  'SQS',
];

const foreign: [string, (own: string) => { method?: string; headers: IncomingHttpHeaders }][] = [
  ['a page elsewhere', () => ({ headers: { origin: 'https://evil.example' } })],
  ['a page elsewhere that posts', () => ({ method: 'POST', headers: { origin: 'https://evil.example' } })],
  ['a page of another port', () => ({ headers: { origin: 'http://localhost:9' } })],
  ['a page in a sandbox, or a file', () => ({ headers: { origin: 'null' } })],
  [
    'a preflight',
    () => ({
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    }),
  ],
  ['a name that somebody points here', () => ({ headers: { host: 'rebound.evil.example' } })],
  [
    "such a name's own page",
    () => ({ headers: { host: 'evil.example:3000', origin: 'http://evil.example:3000' } }),
  ],
  ['a name that only begins like ours', () => ({ headers: { host: 'localhost.evil.example' } })],
  ['no readable name', () => ({ headers: { host: 'a b' } })],
  [
    'a picture or a script on a page',
    () => ({
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    }),
  ],
  [
    'a frame on a page',
    () => ({
      headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    }),
  ],
  [
    'a form on a page',
    () => ({
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    }),
  ],
];

const own: [string, (own: string) => { method?: string; headers: IncomingHttpHeaders }][] = [
  ['curl', () => ({ headers: {} })],
  ['its own page', (host) => ({ headers: { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' } })],
  ['its own page, posting', (host) => ({ method: 'POST', headers: { origin: `http://${host}` } })],
  ['an address that somebody typed', () => ({ headers: { 'sec-fetch-site': 'none' } })],
  [
    'a link in a notice',
    () => ({
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    }),
  ],
  ['a container', () => ({ headers: { host: 'host.docker.internal:3000' } })],
  ['IPv6', () => ({ headers: { host: '[::1]:3000' } })],
];

describe.each(servers)('%s', (name) => {
  test.each(foreign)('refuses %s, and allows no page to read that', async (_what, make) => {
    const answer = await ask(name, make);

    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((header) => header.startsWith('access-control'))).toEqual([]);
    expect(answer.body).toMatch(/^Only programs on this machine/);
  });

  test.each(own)('answers %s', async (_what, make) => {
    const answer = await ask(name, make);

    expect(answer.body).not.toMatch(/^Only programs on this machine/);
  });
});

test('nothing of a refused request reaches the functions', async () => {
  reached.length = 0;

  for (const [, make] of foreign) await ask('the API', make);

  expect(reached).toEqual([]);
});

test('the API tells no other page that it may read an answer', async () => {
  const answer = await ask('the API', (host) => ({ headers: { origin: `http://${host}` } }));

  expect(answer.status).toBe(200);
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
});

test('the API answers under the name of a tunnel that leads to it, and that page', async () => {
  const host = 'duck.ngrok.app';

  const answers = [
    await ask('the API', () => ({ headers: { host } })),
    await ask('the API', () => ({ headers: { host, origin: `https://${host}` } })),
    await ask('the API', () => ({ headers: { host: 'other.ngrok.app' } })),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
});

function ask(name: string, make: (own: string) => { method?: string; headers: IncomingHttpHeaders }) {
  const port = ports[name] ?? 0;
  const { method, headers } = make(`localhost:${port}`);
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const asked = {
      port,
      host: '127.0.0.1',
      path: '/',
      method,
      headers: { host: `localhost:${port}`, ...headers },
    };
    request(asked, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    })
      .on('error', reject)
      .end();
  });
}
