import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAlertmanagerProbe } from '../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { createAlertmanagerSilencer } from '../../lib/adapters/alertmanager/alertmanager-silencer.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import type { Bounds, ProbeResult } from '../../lib/core/diagnosis/checks/probe.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { slowAnswers } from '../support/factories/slow-answers.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const AT = Date.UTC(2026, 10, 24, 3, 12);

afterEach(async () => {
  vi.unstubAllEnvs();
  await stopServing();
});

const silence = {
  incidentId: 'abc.000001',
  matchers: [{ name: 'alertname', value: 'A' }],
  now: AT,
  until: AT + 3_600_000,
  by: 'Ana',
  comment: 'abc.000001',
};

/** All of them share the rules for HTTP. */
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
])('$name, when it keepWaitings', ({ ask }) => {
  test.each(slowAnswers)(
    'a server that %s is disconnected when the step ends, and gets no further request',
    async (_what, keepWaiting) => {
      const step = new AbortController();
      const letGo = Promise.withResolvers<void>();
      let asked = 0;
      const url = await serve((_request, response) => {
        asked += 1;
        response.on('close', letGo.resolve);
        keepWaiting(response, () => step.abort());
      });

      const answer = await ask([url], readBounds({ signal: step.signal }));
      await letGo.promise;

      expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 60 s' });
      expect(asked).toBe(1);
    },
  );

  test('a server that never answers costs the time of one step', async () => {
    const url = await serve(() => {});

    const answer = await ask([url], readBounds({ timeoutMs: 150 }));

    expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 0.15 s' });
  });

  test('an error is reported by its status', async () => {
    const url = await serve((_request, response) => response.writeHead(500).end('<html>oops</html>'));

    const answer = await ask([url], readBounds());

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

    const answer = await ask([url], readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 302: redirects are not followed' });
    expect(visited).toEqual([]);
  });

  test('an endless answer is cut, not kept in memory', async () => {
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

    const answer = await ask([url], readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'the answer is larger than can be read' });
    expect(sent).toBeLessThan(64_000_000);
  });

  test('an answer of another kind of server is a failure', async () => {
    const url = await serve((_request, response) => response.end('<html>Welcome to nginx!</html>'));

    const answer = await ask([url], readBounds());

    expect(answer).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the answer was not one of/),
    });
  });

  test('a refused connection is reported without the address, which may hold a password', async () => {
    const [port] = await freePorts(1);

    const answer = await ask([`http://reader:s3cret-word@127.0.0.1:${port}`], readBounds());

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

    await ask([url], readBounds());

    expect(proxied).toEqual([]);
  });
});
