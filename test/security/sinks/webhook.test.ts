import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createHttpWebhookClient } from '../../../lib/channels/webhook/client/http-client.ts';
import { renderNoticeBody } from '../../../lib/channels/webhook/render/body.ts';
import { serve, stopServing } from '../../support/servers/serve.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { HARMLESS } from '../payloads/harmless.ts';
import { hostileNotice } from '../payloads/hostile-notice.ts';

// Posted to a server, which checks the signature and parses the JSON as a receiver does.

type Received = { url: string; names: string[]; headers: IncomingHttpHeaders; body: string };

const SECRET = 'signing-secret-of-this-test';
let received: Received[] = [];
let client: ReturnType<typeof createHttpWebhookClient>;

beforeAll(async () => {
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const names = request.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ url: request.url ?? '', names, headers: request.headers, body });
      response.end();
    });
  });
  const urls = new Map([['ops', `${url}/hook`]]);
  client = createHttpWebhookClient({ urls, secret: SECRET, now: () => 1_700_000_000_000 });
});
beforeEach(() => {
  received = [];
});
afterAll(stopServing);

async function post(text: string): Promise<Received[]> {
  received = [];
  const body = JSON.stringify(renderNoticeBody(hostileNotice(text)));
  expect(await client.post({ name: 'ops', key: 'key-1', body })).toEqual({ kind: 'delivered' });
  return received;
}

it('webhook: every text arrives as one value of signed JSON, and nothing beside it', async () => {
  const [harmless] = await post(HARMLESS);

  const escapes = await findEscapes(async (text) => {
    const [request, ...more] = await post(text);
    const { body = '', headers = {} } = request ?? {};

    expect(more).toEqual([]);
    expect(request).toMatchObject({ url: '/hook', names: harmless?.names });
    const signed = `${String(headers['x-first-responder-timestamp'])}.${body}`;
    const signature = createHmac('sha256', SECRET).update(signed).digest('hex');
    expect(headers['x-first-responder-signature']).toBe(`sha256=${signature}`);
    const parsed: unknown = JSON.parse(body);
    expect(parsed).toEqual(JSON.parse(JSON.stringify(renderNoticeBody(hostileNotice(text)))));
    expect(parsed).toMatchObject({ incident: { alertname: text, source: text, group: { service: text } } });
  });

  expect(escapes).toEqual([]);
});
