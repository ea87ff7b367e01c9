import { afterEach, describe, expect, test } from 'vitest';
import { createAlertmanagerProbe } from '../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const AT = Date.UTC(2026, 10, 24, 3, 12);

afterEach(stopServing);

describe('Alertmanager', () => {
  test('silenced and inhibited alerts are among the answers', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end(
        JSON.stringify([{ ...alert('aa', 'active'), generatorURL: 'http://p' }, alert('bb', 'suppressed')]),
      );
    });

    const answer = await alertsOf([url]);

    expect(answer).toEqual({
      kind: 'ok',
      value: [
        {
          fingerprint: 'aa',
          labels: { alertname: 'AgentDown' },
          annotations: { summary: 'down' },
          generatorURL: 'http://p',
          startsAt: AT,
          state: 'active',
        },
        expect.objectContaining({ fingerprint: 'bb', state: 'suppressed' }),
      ],
    });
    expect(asked[0]).toMatch(/^\/api\/v2\/alerts/);
  });

  test('an alert under one of several sets of matchers of a silence is suppressed, as a new Alertmanager lists it', async () => {
    const url = await serve((_request, response) => response.end(capturedEvent('newest/alerts-silenced')));

    const answer = await alertsOf([url]);

    const states =
      answer.kind === 'ok' && answer.value.map(({ labels, state }) => [labels['alertname'], state]);
    expect(states).toContainEqual(['HighErrorRate', 'suppressed']);
    expect(states).toContainEqual(['SpeicherErschöpft', 'active']);
  });

  test('an alert of any peer is there, and unsilenced when any peer would notify', async () => {
    const one = await serve((_request, response) =>
      response.end(JSON.stringify([alert('aa', 'suppressed'), alert('bb', 'active')])),
    );
    const two = await serve((_request, response) =>
      response.end(JSON.stringify([alert('aa', 'active'), alert('bb', 'suppressed'), alert('cc', 'active')])),
    );

    const answer = await alertsOf([one, two]);

    const states =
      answer.kind === 'ok' && answer.value.map(({ fingerprint, state }) => `${fingerprint} ${state}`);
    expect(states).toEqual(['aa active', 'bb active', 'cc active']);
  });

  test('when one peer does not answer, absence is unknown: the whole answer fails and names the peer', async () => {
    const up = await serve((_request, response) => response.end('[]'));
    const [port] = await freePorts(1);

    const answer = await alertsOf([up, `http://127.0.0.1:${port}`]);

    expect(answer).toEqual({ kind: 'failed', reason: 'peer 2 of 2: could not connect: connection refused' });
  });

  test('what the other peers list is given with the failure, because presence needs one peer only', async () => {
    const up = await serve((_request, response) => response.end(JSON.stringify([alert('aa', 'active')])));
    const odd = await serve((_request, response) =>
      response.end(JSON.stringify([alert('bb', 'suppressed'), { labels: {} }])),
    );
    const broken = await serve((_request, response) => {
      response.statusCode = 503;
      response.end('[]');
    });

    const answer = await alertsOf([broken, up, odd]);

    expect(answer).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^peer 1 of 3: /),
      listed: [
        { fingerprint: 'aa', state: 'active' },
        { fingerprint: 'bb', state: 'suppressed' },
      ],
    });
  });

  test('an alert that cannot be read fails the answer, because it would look resolved', async () => {
    const url = await serve((_request, response) =>
      response.end(JSON.stringify([alert('aa', 'active'), { labels: {} }])),
    );

    const answer = await alertsOf([url]);

    expect(answer.kind).toBe('failed');
  });
});

function alertsOf(urls: string[]) {
  return createAlertmanagerProbe({ urls: { anySource: urls, bySource: {} } }).alerts('prod', readBounds());
}

function alert(fingerprint: string, state: string) {
  return {
    fingerprint,
    labels: { alertname: 'AgentDown' },
    annotations: { summary: 'down' },
    startsAt: '2026-11-24T03:12:00.000Z',
    endsAt: '2026-11-24T03:17:00.000Z',
    status: { state, silencedBy: [], inhibitedBy: [] },
  };
}
