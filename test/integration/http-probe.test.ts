import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHttpProbe } from '../../lib/adapters/http/http-probe.ts';
import type { Bounds, HttpProbe, ProbeResult } from '../../lib/core/diagnosis/checks/probe.ts';
import { readHttp } from '../../lib/core/diagnosis/checks/read-http.ts';
import type { ReadContext } from '../../lib/core/diagnosis/checks/reading.ts';
import type { HttpStep } from '../../lib/core/runbook/runbook.ts';
import { hostileLabels } from '../support/factories/hostile-labels.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { slowAnswers } from '../support/factories/slow-answers.ts';
import { holdDeadlines } from '../support/fakes/hold-deadlines.ts';
import { readInOwnProcess } from '../support/processes/own-process.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { startHangingServer } from '../support/servers/hanging-server.ts';
import { serve, serveBy, stopServing } from '../support/servers/serve.ts';

afterEach(async () => {
  vi.unstubAllEnvs();
  await stopServing();
});

describe.each([
  {
    name: 'a health check',
    ask: (http: HttpProbe, within: Bounds): Promise<ProbeResult<unknown>> => http.get('api', '/x', within),
  },
  {
    name: 'a metrics page',
    ask: (http: HttpProbe, within: Bounds): Promise<ProbeResult<unknown>> =>
      http.metrics('api', '/x', 'up', within),
  },
])('$name', ({ ask }) => {
  test.each(slowAnswers)(
    'of a server that %s is given up when its time is over',
    async (_what, keepWaiting) => {
      const deadlines = holdDeadlines();
      const letGo = Promise.withResolvers<void>();
      const url = await serve((_request, response) => {
        response.on('close', letGo.resolve);
        keepWaiting(response, () => deadlines.pass(0));
      });

      const answer = await ask(to(url), readBounds());
      await letGo.promise;

      expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 60 s' });
      expect(deadlines.set).toEqual([60_000]);
    },
  );

  test('ends with the diagnosis', async () => {
    const server = await startHangingServer();
    const over = new AbortController();

    const asked = ask(to(`http://127.0.0.1:${server.port}`), { ...readBounds(), signal: over.signal });
    over.abort();
    const answer = await asked;
    await server.stop();

    expect(answer.kind).toBe('failed');
  });

  test('to a refused connection fails without the address, which may hold a password', async () => {
    const [port] = await freePorts(1);

    const answer = await ask(to(`http://reader:s3cret-word@127.0.0.1:${port}`), readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'could not connect: connection refused' });
  });

  test('to a server that breaks off fails with that reason', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      response.write('up 1\n', () => response.destroy());
    });

    expect(await ask(to(url), readBounds())).toEqual({
      kind: 'failed',
      reason: 'could not connect: connection reset',
    });
  });

  test('to a server that speaks no HTTP fails without its output', async () => {
    const server = createServer().on('connection', (socket) => socket.end('SSH-2.0-secret\r\n'));
    const url = await serveBy(server);

    const answer = await ask(to(url), readBounds());

    expect(answer.kind).toBe('failed');
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('uses no proxy of the environment', async () => {
    const real = await recorder();
    const proxy = await recorder();
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) vi.stubEnv(name, proxy.url);
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');

    await ask(to(real.url), readBounds());

    expect(real.requests).toHaveLength(1);
    expect(proxy.requests).toEqual([]);
  });

  test('to a name that is not configured contacts no server', async () => {
    const { requests, url } = await recorder();
    const http = createHttpProbe({ targets: new Map([['other', url]]) });

    const answers = [await ask(http, readBounds()), await http.get('constructor', '/', readBounds())];

    const unknown = { kind: 'failed', reason: 'HTTP_TARGETS does not name it' };
    expect(answers).toEqual([unknown, unknown]);
    expect(requests).toEqual([]);
  });

  test('sends the credentials of its URL, and stays below its path', async () => {
    const { requests, url } = await recorder();

    await ask(to(`${url.replace('//', '//reader:p%40ss@')}/prefix`), readBounds());

    expect(requests[0]).toMatchObject({
      path: '/prefix/x',
      headers: { authorization: `Basic ${btoa('reader:p@ss')}` },
    });
  });
});

test('a redirect is not followed', async () => {
  const elsewhere = await recorder();
  const url = await serve((_request, response) =>
    response.writeHead(302, { location: `${elsewhere.url}/latest/meta-data` }).end('over there'),
  );

  const answers = [
    await to(url).get('api', '/', readBounds()),
    await to(url).metrics('api', '/', 'up', readBounds()),
  ];

  expect(answers).toEqual([
    { kind: 'ok', value: { status: 302, body: 'over there', tookMs: expect.any(Number) } },
    { kind: 'failed', reason: 'HTTP 302: redirects are not followed' },
  ]);
  expect(elsewhere.requests).toEqual([]);
});

describe('a health check', () => {
  test('returns status, body and time, whatever the status', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end('upstream unavailable'));

    const answer = await to(url).get('api', '/health', readBounds());

    expect(answer).toEqual({
      kind: 'ok',
      value: { status: 503, body: 'upstream unavailable', tookMs: expect.any(Number) },
    });
  });

  test('cuts an endless body and discards the rest', async () => {
    const { url, sent, closed } = await endless('€'.repeat(10_000));

    const answer = await to(url).get('api', '/', readBounds());
    await closed;

    // 4096 bytes are 1365 characters of three and one byte of the next.
    expect(answer).toMatchObject({ kind: 'ok', value: { body: '€'.repeat(1_365) } });
    expect(sent()).toBeLessThan(16_000_000);
  });

  test('cuts a body that is small only while it is compressed', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(20_000_000))),
    );

    const answer = await to(url).get('api', '/', readBounds());

    expect(answer).toMatchObject({ kind: 'ok', value: { body: 'x'.repeat(4_096) } });
  });
});

describe('a metrics page', () => {
  async function samplesOf(page: string, match = 'connections') {
    const url = await serve((_request, response) => response.end(page));
    return to(url).metrics('api', '/metrics', match, readBounds());
  }

  test('returns the samples whose name matches, in order', async () => {
    const answer = await samplesOf(`# HELP database_connections By state.
# TYPE database_connections gauge
database_connections{state="idle"} 0
go_goroutines 81
database_connections{state="active"} 10 1395066363000
# EOF
`);

    expect(answer).toEqual({
      kind: 'ok',
      value: {
        samples: [
          { name: 'database_connections', labels: { state: 'idle' }, value: 0 },
          { name: 'database_connections', labels: { state: 'active' }, value: 10 },
        ],
        count: 2,
      },
    });
  });

  test('keeps the permitted number of samples and counts the others', async () => {
    const page = Array.from({ length: 100_000 }, (_, n) => `connections{n="${n}"} ${n}\n`).join('');

    const answer = await samplesOf(page);

    expect(answer).toMatchObject({ kind: 'ok', value: { count: 100_000 } });
    expect(answer.kind === 'ok' && answer.value.samples.map(({ value }) => value)).toEqual([
      ...Array.from({ length: 20 }).keys(),
    ]);
  });

  test('without a matching sample has none', async () => {
    expect(await samplesOf('go_goroutines 81\n')).toEqual({ kind: 'ok', value: { samples: [], count: 0 } });
  });

  test('drops a line that is too long, and no other', async () => {
    const answer = await samplesOf(`connections{x="${'x'.repeat(40_000)}"} 1\nconnections{x="2"} 2`);

    expect(answer).toMatchObject({ kind: 'ok', value: { count: 1, samples: [{ value: 2 }] } });
  });

  test.each([
    ['<html>\nconnections welcome\n</html>', 'the answer was not a metrics page: it is a web page'],
    ['<!doctype html>\nconnections 0\n', 'the answer was not a metrics page: it is a web page'],
    ['', 'the answer was not a metrics page: it is empty'],
    ['\n \n', 'the answer was not a metrics page: it is empty'],
    ['{"connections":0}', 'the answer was not a metrics page'],
    ['Error 500', 'the answer was not a metrics page'],
    ['Unavailable 503\n', 'the answer was not a metrics page'],
    ['other_total 1\n<html>\n', 'the answer was not a metrics page: it is a web page'],
    ['null', 'the answer was not a metrics page'],
    [
      'go_goroutines 81\nconnections many\n',
      'the metrics page has a line of connections that cannot be read',
    ],
  ])('fails when the page is no metrics page: %j', async (page, reason) => {
    expect(await samplesOf(page)).toEqual({ kind: 'failed', reason });
  });

  test('with an error status fails with the status and its text', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end('starting'));

    const answer = await to(url).metrics('api', '/metrics', 'x', readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 503: starting' });
  });

  test('without end is cut, as lines and as one line, in little memory', async () => {
    const pages = [await endless('connections{n="1"} 1\n'.repeat(5_000)), await endless('x'.repeat(100_000))];

    const script = new URL('../support/processes/read-endless-page.ts', import.meta.url);

    const read = await Promise.all(pages.map(({ url }) => readInOwnProcess(script, url)));

    const tooLarge = { kind: 'failed', reason: 'the answer is larger than can be read' };
    expect(read.map(({ answer }) => answer)).toEqual([tooLarge, tooLarge]);
    await Promise.all(pages.map(({ closed }) => closed));
    for (const { grownBytes } of read) expect(grownBytes).toBeLessThan(150_000_000);
  });
});

describe('labels with special characters', () => {
  const steps: [string, HttpStep][] = [
    ['path', step({ read: 'health', targets: ['api'], path: '/agents/{{ labels.agent }}/health' })],
    ['target', step({ read: 'health', targets: ['api', '{{ labels.agent }}'], path: '/health' })],
    ['path', step({ read: 'metrics', target: 'api', path: '/{{ labels.agent }}/metrics', match: 'up' })],
    ['target', step({ read: 'metrics', target: '{{ labels.agent }}', path: '/metrics', match: 'up' })],
  ];

  test.each(hostileLabels)('arrive as one segment or not at all: %s', async (_what, agent) => {
    const { requests, url } = await recorder();
    const evil = await recorder();
    const http = createHttpProbe({
      targets: new Map([
        ['api', url],
        ['evil.example', evil.url],
      ]),
    });

    for (const [, each] of steps) await readHttp(each, context(http, { agent }));

    const arrived = requests.map(({ path }) => path.split('/').map(decodeURIComponent));
    for (const segments of arrived) {
      expect([
        ['', 'agents', agent.toWellFormed(), 'health'],
        ['', agent.toWellFormed(), 'metrics'],
      ]).toContainEqual(segments);
    }
    expect(arrived).toHaveLength(agent.length > 500 ? 0 : 2);
    for (const { method, headers, body } of requests) {
      expect([method, headers.host, body]).toEqual(['GET', url.replace('http://', ''), '']);
      expect(Object.keys(headers).toSorted()).toEqual([
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ]);
    }
    expect(evil.requests).toEqual([]);
  });

  test('of 10 kB delay no other finding', async () => {
    const { requests, url } = await recorder();
    const nextTurn = new Promise((resolve) => setImmediate(resolve, 'waited for something'));

    const answers = Promise.all(
      steps.map(async ([, each]) => {
        const { kind } = await readHttp(each, context(to(url), { agent: 'x'.repeat(10_000) }));
        return kind;
      }),
    );

    expect(await Promise.race([answers, nextTurn])).toEqual(['failed', 'failed', 'failed', 'failed']);
    expect(requests).toEqual([]);
  });
});

describe('several targets', () => {
  test('are read in parallel, and a hanging one is a row next to the others’', async () => {
    const deadlines = holdDeadlines();
    const asked = Promise.withResolvers<ServerResponse>();
    const healthy = await serve((_request, response) => asked.resolve(response));
    const hanging = await serve(() => {
      void asked.promise.then((healthyAnswer) => {
        deadlines.pass(1);
        return healthyAnswer.end('ok');
      });
    });
    const [port] = await freePorts(1);
    const targets = new Map([
      ['api', healthy],
      ['bifrost', hanging],
      ['market-data-server', `http://127.0.0.1:${port}`],
    ]);
    const health = step({ read: 'health', targets: [...targets.keys()], path: '/health' });

    const answer = await readHttp(health, context(createHttpProbe({ targets }), {}));

    expect(deadlines.set).toEqual([54_000, 54_000, 54_000]);
    expect(answer).toMatchObject({
      kind: 'ok',
      value: {
        result: {
          unhealthy: 2,
          rows: [
            { target: 'bifrost', status: null, error: 'no answer within 54 s' },
            { target: 'market-data-server', error: 'could not connect: connection refused' },
            { target: 'api', healthy: true, body: 'ok' },
          ],
        },
      },
    });
  });
});

type Part<T> = T extends HttpStep ? Omit<T, 'id' | 'title' | 'kind' | 'timeout' | 'sentence'> : never;

function step(change: Part<HttpStep>): HttpStep {
  return { id: 'x', title: 'x', kind: 'http', timeout: 4_000, sentence: 'x', ...change };
}

function to(url: string): HttpProbe {
  return createHttpProbe({ targets: new Map([['api', url]]) });
}

function context(http: HttpProbe, labels: Record<string, string>): ReadContext {
  return { source: 'prod', labels, at: 0, probes: { http }, bounds: readBounds() };
}

type Request = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** A server that records everything it receives. */
async function recorder() {
  const requests: Request[] = [];
  const url = await serve((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const noted = { method, path, headers, body: '' };
    requests.push(noted);
    request.on('data', (chunk) => {
      noted.body += String(chunk);
    });
    request.on('end', () => response.end('up 1\n'));
  });
  return { requests, url };
}

/** A server whose answer never ends; `sent` is the amount sent, `closed` resolves when the reader has left. */
async function endless(chunk: string) {
  let sent = 0;
  let end = () => {};
  const closed = new Promise<void>((resolve) => {
    end = resolve;
  });
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    function more(): void {
      do sent += chunk.length;
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more).on('close', end);
    more();
  });
  return { url, sent: () => sent, closed };
}
