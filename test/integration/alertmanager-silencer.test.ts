import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createAlertmanagerSilencer } from '../../lib/adapters/alertmanager/alertmanager-silencer.ts';
import { HOUR } from '../../lib/core/shared/time.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { holdDeadlines } from '../support/fakes/hold-deadlines.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 12);

afterEach(stopServing);

describe('silencing through Alertmanager’s API', () => {
  test('posts exact matchers, author, comment, start and end', async () => {
    const posted: unknown[] = [];
    const url = await peer({ posted });

    const outcome = await silence([url]);

    expect(outcome).toEqual({ kind: 'created', id: 'new-one', until: NOW + HOUR });
    expect(posted).toEqual([
      {
        matchers: [{ name: 'alertname', value: 'A', isRegex: false, isEqual: true }],
        startsAt: '2026-11-24T03:12:00.000Z',
        endsAt: '2026-11-24T04:12:00.000Z',
        createdBy: 'Ana',
        comment: 'first-responder incident abc.000001',
      },
    ]);
  });

  test('asks the next peer when one is down, refuses or hangs, each within its share of the time', async () => {
    const deadlines = holdDeadlines();
    const [closed] = await freePorts(1);
    const refusing = await serveJson((_request, response) => response.writeHead(503).end('"not ready"'));
    const hanging = await serveJson(() => deadlines.pass(2));
    const posted: unknown[] = [];
    const good = await peer({ posted });

    const outcome = await silence([`http://127.0.0.1:${closed}`, refusing, hanging, good], 60_000);

    expect(outcome).toMatchObject({ kind: 'created' });
    expect(posted).toHaveLength(1);
    expect(deadlines.set).toEqual([15_000, 15_000, 15_000, 15_000]);
  });

  test('gives the reason of each peer, when none succeeded', async () => {
    const [closed] = await freePorts(1);
    const refusing = await serveJson((request, response) =>
      request.method === 'POST' ? response.writeHead(400).end('"bad matcher"') : response.end('[]'),
    );

    const outcome = await silence([`http://reader:s3cret@127.0.0.1:${closed}`, refusing]);

    expect(outcome).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(
        /^peer 1 of 2: could not connect: connection refused; peer 2 of 2: HTTP 400: bad matcher$/,
      ),
    });
  });

  test('an answer without an id counts as a failure', async () => {
    const url = await serveJson((request, response) => response.end(request.method === 'POST' ? '{}' : '[]'));

    expect(await silence([url])).toEqual({
      kind: 'failed',
      reason: 'the answer was not one of Alertmanager: silenceID has another shape',
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['has expired', { status: { state: 'expired' } }],
    ['ended a moment ago', { endsAt: new Date(NOW - 1).toISOString() }],
    ['belongs to an incident whose id begins alike', { comment: 'first-responder incident abc.0000012' }],
    [
      'has a regular expression',
      { matchers: [{ name: 'alertname', value: 'A', isRegex: true, isEqual: true }] },
    ],
    [
      'has a negative matcher',
      { matchers: [{ name: 'alertname', value: 'A', isRegex: false, isEqual: false }] },
    ],
    ['has no matchers', { matchers: null }],
    ['is no silence', { id: 7 }],
  ])('makes a new one where the one that stands %s', async (_what, change) => {
    const posted: unknown[] = [];
    const url = await peer({ posted, standing: [{ ...standing, ...change }, null, 'x'] });

    expect(await silence([url])).toMatchObject({ kind: 'created' });
    expect(posted).toHaveLength(1);
  });

  describe('where somebody’s silence has several sets of matchers, which an Alertmanager cannot list', () => {
    test('makes a new one', async () => {
      const asked: string[] = [];
      const posted: unknown[] = [];
      const url = await peer({ posted, asked, unlistable: true });

      expect(await silence([url])).toMatchObject({ kind: 'created' });
      expect(posted).toHaveLength(1);
      expect(asked).toEqual(['/api/v2/silences', '/api/v2/silences?filter=alertname%3D%22A%22']);
    });

    test('finds its own all the same', async () => {
      const posted: unknown[] = [];
      const url = await peer({ posted, standing: [standing], unlistable: true });

      expect(await silence([url])).toMatchObject({ kind: 'existing', id: 'old-one' });
      expect(posted).toEqual([]);
    });
  });

  test('reads a silence without isEqual, as an Alertmanager before 0.22 writes it', async () => {
    const url = await peer({
      posted: [],
      standing: [{ ...standing, matchers: [{ name: 'alertname', value: 'A', isRegex: false }] }],
    });

    expect(await silence([url])).toEqual({ kind: 'existing', id: 'old-one', until: NOW + HOUR, by: 'Ben' });
  });

  test('a source without an address fails with that reason', async () => {
    const silencer = createAlertmanagerSilencer({
      urls: { anySource: [], bySource: { other: ['http://x'] } },
    });

    expect(await silencer.silence('prod', request, bounds(100))).toEqual({
      kind: 'failed',
      reason: 'ALERTMANAGER_URL has no address for prod',
    });
  });
});

const standing = {
  id: 'old-one',
  matchers: [{ name: 'alertname', value: 'A', isRegex: false, isEqual: true }],
  startsAt: '2026-11-24T03:00:00.000Z',
  endsAt: '2026-11-24T04:12:00.000Z',
  createdBy: 'Ben',
  comment: 'first-responder incident abc.000001',
  status: { state: 'active' },
};

const request = {
  incidentId: 'abc.000001',
  matchers: [{ name: 'alertname', value: 'A' }],
  now: NOW,
  until: NOW + HOUR,
  by: 'Ana',
  comment: 'first-responder incident abc.000001',
};

function silence(urls: string[], timeoutMs = 60_000) {
  const silencer = createAlertmanagerSilencer({ urls: { anySource: urls, bySource: {} } });
  return silencer.silence('prod', request, bounds(timeoutMs));
}

function bounds(timeoutMs: number) {
  return { timeoutMs, signal: new AbortController().signal };
}

/**
 * A peer that accepts every silence. `unlistable`: one that the filter leaves out has several sets of matchers. `asked`
 * gets the paths of its GET requests.
 */
function peer({
  posted,
  standing: known = [],
  unlistable = false,
  asked = [],
}: {
  posted: unknown[];
  standing?: unknown[];
  unlistable?: boolean;
  asked?: string[];
}): Promise<string> {
  return serveJson((request, response) => {
    if (request.method === 'GET') {
      asked.push(request.url ?? '');
      if (!unlistable || request.url?.includes('?filter=')) return void response.end(JSON.stringify(known));
      return void response.writeHead(500).end(capturedEvent('newest/silences-several-matcher-sets'));
    }
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      posted.push(JSON.parse(text));
      response.end('{"silenceID":"new-one"}');
    });
  });
}

function serveJson(listener: RequestListener): Promise<string> {
  return serve((request, response) => {
    response.setHeader('content-type', 'application/json');
    listener(request, response);
  });
}
