import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAlertmanagerProbe } from '../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { createAlertmanagerSilencer } from '../../lib/adapters/alertmanager/alertmanager-silencer.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import type { Bounds, ProbeResult } from '../../lib/core/diagnosis/probe.ts';
import { freePorts } from '../support/free-ports.ts';

const AT = Date.UTC(2026, 10, 24, 3, 12);
const servers: Server[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

const silence = {
  incidentId: 'abc.000001',
  matchers: [{ name: 'alertname', value: 'A' }],
  now: AT,
  until: AT + 3_600_000,
  by: 'Ana',
  comment: 'abc.000001',
};

/** All of them talk HTTP by the same rules. */
describe.each([
  {
    name: 'Prometheus',
    ask: (urls: string[], bounds: Bounds): Promise<ProbeResult<unknown>> =>
      createPrometheusProbe({ urls: { anySource: urls, bySource: {} } }).instant('prod', 'up', AT, bounds),
  },
  {
    name: 'Alertmanager',
    ask: (urls: string[], bounds: Bounds): Promise<ProbeResult<unknown>> =>
      createAlertmanagerProbe({ urls: { anySource: urls, bySource: {} } }).alerts('prod', bounds),
  },
  {
    name: 'Alertmanager asked for a silence',
    ask: async (urls: string[], bounds: Bounds): Promise<unknown> =>
      createAlertmanagerSilencer({ urls: { anySource: urls, bySource: {} } }).silence(
        'prod',
        silence,
        bounds,
      ),
  },
  {
    name: 'Kubernetes',
    ask: ([url = '']: string[], bounds: Bounds): Promise<ProbeResult<unknown>> =>
      createKubernetesProbe({ url }).pods({ namespace: 'cryptofunk' }, bounds),
  },
])('$name, when it misbehaves', ({ ask }) => {
  test('one that never answers costs its step', async () => {
    const url = await serve(() => {});
    const startedAt = performance.now();

    const answer = await ask([url], bounds(150));

    expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 0.15 s' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('one that answers drop by drop costs its step as well', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });

    const answer = await ask([url], bounds(150));

    expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 0.15 s' });
  });

  test('an error is told by its status', async () => {
    const url = await serve((_request, response) => response.writeHead(500).end('<html>oops</html>'));

    const answer = await ask([url], bounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 500' });
  });

  test('a redirect is not followed', async () => {
    const visited: string[] = [];
    const elsewhere = await serve((request, response) => {
      visited.push(request.url ?? '');
      response.end('[]');
    });
    const url = await serve((_request, response) =>
      response.writeHead(302, { location: `${elsewhere}/latest/meta-data` }).end(),
    );

    const answer = await ask([url], bounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 302: redirects are not followed' });
    expect(visited).toEqual([]);
  });

  test('an answer without end is given up, not kept in memory', async () => {
    let sent = 0;
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = '[0],'.repeat(50_000);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });

    const answer = await ask([url], bounds(10_000));

    expect(answer).toEqual({ kind: 'failed', reason: 'the answer is larger than can be read' });
    expect(sent).toBeLessThan(64_000_000);
  });

  test('something else that answers there is not believed', async () => {
    const url = await serve((_request, response) => response.end('<html>Welcome to nginx!</html>'));

    const answer = await ask([url], bounds());

    expect(answer).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the answer was not one of/),
    });
  });

  test('a refused connection says nothing of the address, which may hold a password', async () => {
    const [port] = await freePorts(1);

    const answer = await ask([`http://reader:s3cret-word@127.0.0.1:${port}`], bounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'could not connect: connection refused' });
  });

  test('a proxy in the environment is not used', async () => {
    const url = await serve((_request, response) => response.writeHead(500).end());
    const proxied: string[] = [];
    const proxy = await serve((request, response) => {
      proxied.push(request.url ?? '');
      response.end('[]');
    });
    vi.stubEnv('HTTP_PROXY', proxy);
    vi.stubEnv('http_proxy', proxy);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('no_proxy', '');

    await ask([url], bounds());

    expect(proxied).toEqual([]);
  });
});

describe('Prometheus', () => {
  test('an instant query gives each sample with its labels, also what JSON has no number for', async () => {
    const { urls, forms } = await prometheus({
      resultType: 'vector',
      result: [
        { metric: { service: 'api' }, value: [1764000000.5, '0.25'] },
        { metric: { service: 'web' }, value: [1764000000.5, '+Inf'] },
        { metric: { service: 'idle' }, value: [1764000000.5, 'NaN'] },
      ],
    });

    const answer = await createPrometheusProbe({ urls }).instant('prod', 'rate(x{a="b"}[5m])', AT, bounds());

    expect(answer).toEqual({
      kind: 'ok',
      value: [
        { labels: { service: 'api' }, value: 0.25 },
        { labels: { service: 'web' }, value: Infinity },
        { labels: { service: 'idle' }, value: Number.NaN },
      ],
    });
    expect(forms).toEqual([
      { path: '/api/v1/query', query: 'rate(x{a="b"}[5m])', time: '1795489920', timeout: '2000ms' },
    ]);
  });

  test('a bare number is a sample without labels', async () => {
    const { urls } = await prometheus({ resultType: 'scalar', result: [1764000000, '4'] });

    const answer = await createPrometheusProbe({ urls }).instant('prod', '4', AT, bounds());

    expect(answer).toEqual({ kind: 'ok', value: [{ labels: {}, value: 4 }] });
  });

  test('a range gives points in milliseconds, oldest first', async () => {
    const { urls, forms } = await prometheus({
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [1764000000, '1'],
            [1764000060, '2.5'],
          ],
        },
      ],
    });
    const window = { from: AT - 3_600_000, to: AT, stepSeconds: 60 };

    const answer = await createPrometheusProbe({ urls }).range('prod', 'up', window, bounds());

    expect(answer).toEqual({
      kind: 'ok',
      value: [
        {
          labels: {},
          points: [
            [1764000000000, 1],
            [1764000060000, 2.5],
          ],
        },
      ],
    });
    expect(forms[0]).toMatchObject({
      path: '/api/v1/query_range',
      start: '1795486320',
      end: '1795489920',
      step: '60',
    });
  });

  test('what is wrong with a query is told in its words', async () => {
    const url = await serve((_request, response) =>
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(
          '{"status":"error","errorType":"bad_data","error":"invalid parameter \\"query\\": parse error"}',
        ),
    );

    const answer = await createPrometheusProbe({ urls: { anySource: [url], bySource: {} } }).instant(
      'prod',
      'sum(',
      AT,
      bounds(),
    );

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 400: invalid parameter "query": parse error' });
  });

  test('a source is asked at its own address, any other at the common one', async () => {
    const own = await prometheus({ resultType: 'scalar', result: [0, '1'] });
    const common = await prometheus({ resultType: 'scalar', result: [0, '2'] });
    const probe = createPrometheusProbe({
      urls: { anySource: common.urls.anySource, bySource: { staging: own.urls.anySource } },
    });

    const answers = await Promise.all(
      ['staging', 'prod', 'constructor'].map((source) => probe.instant(source, 'up', AT, bounds())),
    );

    expect(answers.map((answer) => answer.kind === 'ok' && answer.value[0]?.value)).toEqual([1, 2, 2]);
  });

  test('of two replicas, the one that answers is enough', async () => {
    const dead = await serve((_request, response) => response.writeHead(503).end());
    const { urls } = await prometheus({ resultType: 'scalar', result: [0, '1'] });
    const probe = createPrometheusProbe({ urls: { anySource: [dead, ...urls.anySource], bySource: {} } });

    const answer = await probe.instant('prod', 'up', AT, bounds());

    expect(answer.kind).toBe('ok');
  });

  test('a source without an address says which variable lacks it', async () => {
    const probe = createPrometheusProbe({
      urls: { anySource: [], bySource: { staging: ['http://127.0.0.1:1'] } },
    });

    const answer = await probe.instant('prod', 'up', AT, bounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'PROMETHEUS_URL has no address for prod' });
  });
});

describe('Alertmanager', () => {
  test('silenced and inhibited alerts are among the answers', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify([alert('aa', 'active'), alert('bb', 'suppressed')]));
    });

    const answer = await alertsOf([url]);

    expect(answer).toEqual({
      kind: 'ok',
      value: [
        {
          fingerprint: 'aa',
          labels: { alertname: 'AgentDown' },
          annotations: { summary: 'down' },
          startsAt: AT,
          state: 'active',
        },
        expect.objectContaining({ fingerprint: 'bb', state: 'suppressed' }),
      ],
    });
    expect(asked[0]).toMatch(/^\/api\/v2\/alerts/);
  });

  test('an alert that any peer has is there, and it is loud when it is loud anywhere', async () => {
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

  test('when one peer cannot be asked, absence cannot be told: the whole answer fails and names the peer', async () => {
    const up = await serve((_request, response) => response.end('[]'));
    const [port] = await freePorts(1);

    const answer = await alertsOf([up, `http://127.0.0.1:${port}`]);

    expect(answer).toEqual({ kind: 'failed', reason: 'peer 2 of 2: could not connect: connection refused' });
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
  return createAlertmanagerProbe({ urls: { anySource: urls, bySource: {} } }).alerts('prod', bounds());
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

/** A server that gives every query this answer, and notes what it was asked. */
async function prometheus(data: unknown) {
  const forms: Record<string, string>[] = [];
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      forms.push({ path: pathname, ...Object.fromEntries([...searchParams, ...new URLSearchParams(body)]) });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', data }));
    });
  });
  return { urls: { anySource: [url], bySource: {} }, forms };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

function bounds(timeoutMs = 2_000): Bounds {
  return { timeoutMs, maxRows: 20, maxBytes: 4_096, signal: AbortSignal.timeout(timeoutMs) };
}
