import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlackReply } from '../../lib/adapters/slack/slack-response-url.ts';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

describe('the answer to a press', () => {
  it('is posted to the stand-in’s own address, for the person alone', async () => {
    const { url, received } = await serve(200);
    const reply = createSlackReply({ apiUrl: `${url}/api`, timeoutMs: 1_000 });

    const told = await reply(`${url}/actions/C1/2`, 'Acknowledged');

    expect(told).toEqual({ kind: 'delivered' });
    expect(received).toEqual([
      {
        path: '/actions/C1/2',
        body: { response_type: 'ephemeral', replace_original: false, text: 'Acknowledged' },
      },
    ]);
  });

  it.each([
    ['another host', 'https://evil.example/actions'],
    ['a host that begins alike', 'https://hooks.slack.com.evil.example/'],
    ['a host in the user name', 'https://hooks.slack.com@evil.example/'],
    ['Slack’s host with a password', 'https://user:word@hooks.slack.com/'],
    ['Slack’s host without TLS', 'http://hooks.slack.com/actions'],
    ['Slack’s host on another port', 'https://hooks.slack.com:8443/actions'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'nonsense'],
  ])('goes nowhere when the address is %s', async (_what, address) => {
    const { url } = await serve(200);
    const reply = createSlackReply({ apiUrl: `${url}/api`, timeoutMs: 1_000 });

    expect(await reply(address, 'x')).toEqual({ kind: 'failed', reason: 'its address is not one of Slack' });
  });

  it('goes to no stand-in where none is configured', async () => {
    const { url, received } = await serve(200);

    const told = await createSlackReply({ timeoutMs: 1_000 })(`${url}/actions/C1/2`, 'x');

    expect(told.kind).toBe('failed');
    expect(received).toEqual([]);
  });

  it('follows no redirect and gives up in time', async () => {
    const elsewhere = await serve(200);
    const moved = await serve(302, { location: elsewhere.url });
    const silent = await serve(undefined);
    const startedAt = performance.now();

    const redirected = await createSlackReply({ apiUrl: moved.url, timeoutMs: 1_000 })(`${moved.url}/a`, 'x');
    const hung = await createSlackReply({ apiUrl: silent.url, timeoutMs: 150 })(`${silent.url}/a`, 'x');

    expect(redirected).toEqual({ kind: 'failed', reason: 'HTTP 302' });
    expect(elsewhere.received).toEqual([]);
    expect(hung.kind).toBe('failed');
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});

/** `undefined`: it never answers. */
async function serve(status: number | undefined, headers: Record<string, string> = {}) {
  const received: { path: string; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', body: JSON.parse(text) });
      if (status !== undefined) response.writeHead(status, headers).end('ok');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, received };
}
