import { afterEach, describe, expect, it } from 'vitest';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack/slack.ts';
import { waitFor } from '../support/processes/wait-for.ts';

let slack: LocalSlack;

afterEach(() => slack.close());

describe('the Slack stand-in', () => {
  it('knows the caller by its token', async () => {
    slack = await startLocalSlack({ token: 'xoxb-right' });

    expect(await call('auth.test', {}, 'xoxb-right')).toMatchObject({ ok: true });
    expect(await call('auth.test', {}, 'xoxb-wrong')).toMatchObject({ ok: false, error: 'invalid_auth' });
    expect(await call('auth.test', {}, '')).toMatchObject({ ok: false, error: 'not_authed' });
  });

  it('gives every message a timestamp of its own, in order', async () => {
    slack = await startLocalSlack();

    for (const text of ['a', 'b', 'c']) await call('chat.postMessage', { channel: '#x', text });

    const stamps = slack.messages().map((message) => message.ts);
    expect(new Set(stamps).size).toBe(3);
    expect(stamps).toEqual(stamps.toSorted());
    for (const ts of stamps) expect(ts).toMatch(/^\d{10}\.\d{6}$/);
  });

  it('edits by channel id only, like Slack', async () => {
    slack = await startLocalSlack();
    const posted = await call('chat.postMessage', { channel: '#x', text: 'a' });

    const byName = await call('chat.update', { channel: '#x', ts: posted.ts, text: 'b' });
    const byId = await call('chat.update', { channel: posted.channel, ts: posted.ts, text: 'b' });

    expect(byName).toMatchObject({ ok: false, error: 'channel_not_found' });
    expect(byId).toMatchObject({ ok: true });
    expect(slack.messages()).toMatchObject([{ channel: '#x', text: 'b', edits: 1 }]);
  });

  it('knows only the given channels', async () => {
    slack = await startLocalSlack({ channels: ['#cryptofunk-alerts'] });

    expect(await call('chat.postMessage', { channel: '#cryptofunk-alerts', text: 'a' })).toMatchObject({
      ok: true,
    });
    expect(await call('chat.postMessage', { channel: '#other', text: 'a' })).toMatchObject({
      error: 'channel_not_found',
    });
  });

  it('refuses blocks like Slack, with the reason', async () => {
    slack = await startLocalSlack();
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }];

    expect(await call('chat.postMessage', { channel: '#x', text: 'a', blocks })).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      response_metadata: { messages: [expect.stringContaining('/blocks/0/text/text')] },
    });
    const hook = await fetch(slack.webhookUrl, {
      method: 'POST',
      body: JSON.stringify({ text: 'a', blocks }),
    });
    expect([hook.status, await hook.text()]).toEqual([400, 'invalid_blocks']);
  });

  it('accepts one message a second and channel when told to be as strict as Slack', async () => {
    let now = Date.UTC(2026, 10, 24, 3);
    slack = await startLocalSlack({ onePerSecond: true, now: () => now });
    const post = (channel: string) =>
      fetch(`${slack.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
        body: JSON.stringify({ channel, text: 'a' }),
      });

    const answers = [await post('#x'), await post('#x'), await post('#y')];
    now += 1_000;
    answers.push(await post('#x'));

    expect(answers.map((answer) => answer.status)).toEqual([200, 429, 200, 200]);
    expect(answers[1]?.headers.get('retry-after')).toBe('1');
  });

  it('can accept a message and never answer', async () => {
    slack = await startLocalSlack();
    slack.trouble({ kind: 'hang', served: true });

    const patience = new AbortController();

    const sent = call('chat.postMessage', { channel: '#x', text: 'a' }, 't', patience.signal);
    await waitFor('the message to be taken', () => slack.messages()[0]);
    patience.abort();

    await expect(sent).rejects.toThrow('aborted');
    expect(slack.messages()).toMatchObject([{ text: 'a' }]);
  });
});

async function call(
  method: string,
  fields: Record<string, unknown>,
  token = 'xoxb-any',
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' },
    body: JSON.stringify(fields),
    signal,
  });
  const answer: unknown = await response.json();
  return { ...(typeof answer === 'object' ? answer : {}) };
}
