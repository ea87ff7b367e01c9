import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiGateway, startApiGateway } from '../../infra/local/aws/api-gateway.ts';
import { type LambdaStandIn, startLambdaStandIn } from '../../infra/local/aws/lambda-stand-in.ts';
import { listenOnLoopback } from '../../infra/local/stack/listen-on-loopback.ts';
import { freePorts } from '../support/servers/free-ports.ts';

const local = join(import.meta.dirname, '..', '..', '.local');

/** One function for each way to fail, and one that answers like the real webhook without a token. */
const FUNCTIONS = `
export const webhook = async () => ({ statusCode: 401 });
export const throws = async () => { throw new Error('the table cannot be reached'); };
export const throwsWords = async () => { throw new Error('[200] fine'); };
export const hangs = () => new Promise(() => {});
export const spins = async () => { for (;;); };
export const echoes = async ({ body, headers, rawQueryString }) => ({
  statusCode: 201,
  headers: { 'content-type': 'application/json', 'x-kept': 'yes' },
  body: JSON.stringify({ body, type: headers['content-type'], rawQueryString }),
});
export const refuses = async () => ({ statusCode: 500, body: 'own words' });
`;

const SERVICE = `
service: first-responder
plugins: [serverless-offline]
provider: { name: aws, runtime: nodejs24.x, region: eu-central-1, httpApi: { payload: '2.0' } }
custom: { serverless-offline: { noPrependStageInUrl: true, noSponsor: true } }
functions:
  receiveWebhook: { handler: functions.webhook, events: [{ httpApi: POST /webhooks/alertmanager }] }
${['throws', 'throwsWords', 'hangs', 'spins', 'echoes', 'refuses']
  .map((name) => {
    const timeout = ['hangs', 'spins'].includes(name) ? 1 : 60;
    return `  ${name}: { handler: functions.${name}, timeout: ${timeout}, events: [{ httpApi: POST /${name} }] }`;
  })
  .join('\n')}
`;

describe('a function behind the local API', () => {
  let service: string;
  let lambda: LambdaStandIn;
  let gateway: ApiGateway;
  let url: string;
  const lines: string[] = [];

  beforeAll(async () => {
    await mkdir(local, { recursive: true });
    // Inside the project, so that the plugin is found.
    service = await mkdtemp(join(local, 'service-'));
    await writeFile(join(service, 'functions.mjs'), FUNCTIONS);
    await writeFile(join(service, 'serverless.yml'), SERVICE);
    const onLine = (line: string) => void lines.push(line);
    gateway = await startApiGateway({ port: 0, onLine });
    url = `http://127.0.0.1:${gateway.port}`;
    lambda = await startLambdaStandIn({
      service,
      variables: { PATH: process.env['PATH'] ?? '' },
      functionsFolder: service,
      onLine,
      stop: new AbortController().signal,
    });
    await lambda.untilAnswering();
    gateway.open(lambda.httpPort);
  });

  afterAll(async () => {
    await gateway?.close();
    await lambda?.close();
    await rm(service, { recursive: true, force: true });
  });

  async function post(path: string) {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'ä body',
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  it.each([
    ['throws', '/throws', 502, 'Bad Gateway'],
    ['throws what looks like a status', '/throwsWords', 502, 'Bad Gateway'],
    ['never answers', '/hangs', 504, 'Gateway Timeout'],
    ['uses up its time', '/spins', 504, 'Gateway Timeout'],
  ])('that %s is no success for whoever asked', async (_, path, status, message) => {
    const answer = await post(path);

    expect(answer).toMatchObject({ status, body: JSON.stringify({ message }) });
  });

  it('that fails leaves a line with the reason', async () => {
    await post('/throws');

    const line = lines.find((each) => each.includes('a request failed') && each.includes('/throws"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 'error',
      status: 502,
      failure: 'the table cannot be reached',
    });
  });

  it('is called and answers like without the gateway before it', async () => {
    const answer = await post('/echoes?a=1&b=%20');

    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-kept')).toBe('yes');
    expect(JSON.parse(answer.body)).toEqual({
      body: 'ä body',
      type: 'text/plain',
      rawQueryString: expect.stringMatching(/^a=1&b=(%20|\+)$/),
    });
  });

  it('may answer with an error of its own', async () => {
    expect(await post('/refuses')).toMatchObject({ status: 500, body: 'own words' });
  });
});

describe('the local API', () => {
  it('answers 503 before the functions are ready, so that a sender tries again', async () => {
    const failures: string[] = [];
    const gateway = await startApiGateway({ port: 0, onLine: (line) => void failures.push(line) });

    const response = await fetch(`http://127.0.0.1:${gateway.port}/webhooks/alertmanager`, {
      method: 'POST',
      body: 'x'.repeat(1_000_000),
    });

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(failures).toEqual([]);
    await gateway.close();
  });

  it('answers 503 when nothing runs behind it', async () => {
    const [offlinePort = 0] = await freePorts(1);
    const gateway = await startApiGateway({ port: 0, onLine: () => undefined });
    gateway.open(offlinePort);

    const response = await fetch(`http://127.0.0.1:${gateway.port}/health`);

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    await gateway.close();
  });

  it('ends its own request when the caller has left', async () => {
    const left = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const behind = await listenOnLoopback(
      createServer((request) => {
        arrived.resolve();
        request.on('close', () => left.resolve());
      }),
    );
    const gateway = await startApiGateway({ port: 0, onLine: () => undefined });
    gateway.open(behind.port);
    const leaving = new AbortController();
    const asking = fetch(`http://127.0.0.1:${gateway.port}/incidents`, { signal: leaving.signal });
    await arrived.promise;

    leaving.abort();

    await expect(asking).rejects.toThrow();
    await left.promise;
    await gateway.close();
    await behind.close();
  });
});
