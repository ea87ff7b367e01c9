import { afterEach, describe, expect, it } from 'vitest';
import { createSlackReply } from '../../lib/channels/slack/client/response-url.ts';
import { slowAnswers } from '../support/factories/slow-answers.ts';
import { holdDeadlines } from '../support/fakes/hold-deadlines.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

afterEach(stopServing);

describe('the reply to a Slack action', () => {
  it('is posted to the stand-in’s own address, for that person alone', async () => {
    const { url, received } = await receiver(200);
    const reply = createSlackReply({ apiUrl: `${url}/api`, timeoutMs: 60_000 });

    const notified = await reply(`${url}/actions/C1/2`, 'Acknowledged');

    expect(notified).toEqual({ kind: 'delivered' });
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
    const { url } = await receiver(200);
    const reply = createSlackReply({ apiUrl: `${url}/api`, timeoutMs: 60_000 });

    expect(await reply(address, 'x')).toEqual({ kind: 'failed', reason: 'its address is not one of Slack' });
  });

  it('is sent to no stand-in where none is configured', async () => {
    const { url, received } = await receiver(200);

    const notified = await createSlackReply({ timeoutMs: 60_000 })(`${url}/actions/C1/2`, 'x');

    expect(notified.kind).toBe('failed');
    expect(received).toEqual([]);
  });

  it('follows no redirect', async () => {
    const elsewhere = await receiver(200);
    const moved = await receiver(302, { location: elsewhere.url });

    const notified = await createSlackReply({ apiUrl: moved.url, timeoutMs: 60_000 })(`${moved.url}/a`, 'x');

    expect(notified).toEqual({ kind: 'failed', reason: 'HTTP 302' });
    expect(elsewhere.received).toEqual([]);
  });

  it.each(slowAnswers)(
    'gives up one that %s when its time is over, and lets go of it',
    async (_what, keepWaiting) => {
      const deadlines = holdDeadlines();
      const letGo = Promise.withResolvers<void>();
      const url = await serve((_request, response) => {
        response.on('close', letGo.resolve);
        keepWaiting(response, () => deadlines.pass(0));
      });

      const notified = await createSlackReply({ apiUrl: url, timeoutMs: 60_000 })(`${url}/a`, 'x');
      await letGo.promise;

      expect(notified).toEqual({ kind: 'failed', reason: 'ERR_CANCELED' });
      expect(deadlines.set).toEqual([60_000]);
    },
  );
});

/** A server with this answer that records the posted bodies. */
async function receiver(status: number, headers: Record<string, string> = {}) {
  const received: { path: string; body: unknown }[] = [];
  const url = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', body: JSON.parse(text) });
      response.writeHead(status, headers).end('ok');
    });
  });
  return { url, received };
}
