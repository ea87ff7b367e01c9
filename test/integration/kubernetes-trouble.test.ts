import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalAuthority } from '../../infra/local/stack/local-authority.ts';
import type { KubernetesAccess } from '../../lib/adapters/kubernetes/kubernetes-api.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import type { LogRequest } from '../../lib/core/diagnosis/checks/probe.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { slowAnswers } from '../support/factories/slow-answers.ts';
import { holdDeadlines } from '../support/fakes/hold-deadlines.ts';
import { given } from '../support/servers/kubernetes-access.ts';
import { serve, serveBy, stopServing } from '../support/servers/serve.ts';

const scope = { namespace: 'cryptofunk' };
const request: LogRequest = { ...scope, deployment: 'api', tail: 100, previous: false };

afterEach(stopServing);

function pod(name: string, isReady: boolean) {
  return {
    metadata: { name, creationTimestamp: '2026-11-24T03:00:00Z' },
    spec: { containers: [{ name: 'api' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  };
}

/** A cluster with one deployment; its pods' logs are served as the test says. */
function clusterOf(names: string[], log: (pod: string, ...served: Parameters<RequestListener>) => void) {
  return serve((asked, response) => {
    const { pathname } = new URL(asked.url ?? '', 'http://localhost');
    const named = /\/pods\/([^/]+)\/log$/.exec(pathname)?.[1];
    if (named !== undefined) log(named, asked, response);
    else if (pathname.endsWith('/deployments/api')) {
      response.end(
        JSON.stringify({ kind: 'Deployment', spec: { selector: { matchLabels: { app: 'api' } } } }),
      );
    } else {
      const items = names.map((name) => pod(name, !name.endsWith('down')));
      response.end(JSON.stringify({ kind: 'PodList', items }));
    }
  });
}

describe('a server that refuses', () => {
  test('is quoted, without the token that it repeats', async () => {
    const url = await serve((asked, response) => {
      const message = `pods is forbidden: ${asked.headers.authorization} cannot list resource "pods"`;
      response.writeHead(403).end(JSON.stringify({ kind: 'Status', message }));
    });

    const answer = await createKubernetesProbe({ url, token: given('k8s-aws-v1.secret\n') }).pods(
      scope,
      readBounds(),
    );

    expect(answer).toEqual({
      kind: 'failed',
      reason: 'HTTP 403: pods is forbidden: Bearer [redacted] cannot list resource "pods"',
    });
  });

  test('to return a log is quoted as well', async () => {
    const message = 'container "api" in pod "one" is waiting to start: ContainerCreating';
    const url = await clusterOf(['one'], (_pod, _asked, response) =>
      response.writeHead(400).end(JSON.stringify({ kind: 'Status', message })),
    );

    const answer = await createKubernetesProbe({ url }).logs(request, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: `HTTP 400: ${message}` });
  });
});

describe('a token that is not available', () => {
  test('gives the reason, and nothing is sent without it', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.end('{"kind":"PodList","items":[]}');
    });
    const token = async () => ({ kind: 'failed', reason: 'no token' }) as const;

    const answer = await createKubernetesProbe({ url, token }).pods(scope, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'no token' });
    expect(asked).toBe(0);
  });

  test('in time costs only its step', async () => {
    const token = () => new Promise<never>(() => undefined);

    const answer = await createKubernetesProbe({ url: 'http://127.0.0.1:9', token }).pods(
      scope,
      readBounds({ timeoutMs: 100 }),
    );

    expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 0.1 s' });
  });

  test('is requested again each time', async () => {
    const shown: (string | undefined)[] = [];
    const url = await serve((asked, response) => {
      shown.push(asked.headers.authorization);
      response.end('{"kind":"PodList","items":[]}');
    });
    const values = ['first', 'second'];
    const probe = createKubernetesProbe({ url, token: () => given(values.shift() ?? '')() });

    await probe.pods(scope, readBounds());
    await probe.pods(scope, readBounds());

    expect(shown).toEqual(['Bearer first', 'Bearer second']);
  });
});

describe('a log', () => {
  test.each(slowAnswers)(
    'of a server that %s ends a little before the step does, and is disconnected',
    async (_what, keepWaiting) => {
      const deadlines = holdDeadlines();
      const letGo = Promise.withResolvers<void>();
      const url = await clusterOf(['one'], (_pod, _asked, response) => {
        response.on('close', letGo.resolve);
        keepWaiting(response, () => deadlines.pass(0));
      });

      const answer = await createKubernetesProbe({ url }).logs(request, readBounds({ timeoutMs: 60_000 }));
      await letGo.promise;

      expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 60 s' });
      expect(deadlines.set[0]).toBe(57_000);
    },
  );

  test("of a pod on a lost node costs nothing of the others' logs", async () => {
    const deadlines = holdDeadlines();
    const heard: string[] = [];
    const url = await clusterOf(['one-down', 'two', 'three'], (named, { socket }) => {
      if (named === 'one-down') return;
      const line = `2026-11-24T03:00:00.000000000Z from ${named}\n`;
      // Written past the server, which would close the connection itself: so the reader closes it, at the end.
      socket.write(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${line.length}\r\n\r\n${line}`);
      socket.on('close', () => {
        if (heard.push(named) === 2) deadlines.pass(0);
      });
    });

    const answer = await createKubernetesProbe({ url }).logs(request, readBounds());

    expect(answer).toEqual({
      kind: 'ok',
      value: {
        pods: ['two', 'three'],
        unread: 1,
        lines: [
          { pod: 'two', text: 'from two' },
          { pod: 'three', text: 'from three' },
        ],
        matched: 2,
        read: 2,
      },
    });
  });

  test.each([
    [
      'a login page',
      '<html>\n<form action="/login">\n',
      'the answer was not one of Kubernetes: it is a web page',
    ],
    [
      "kubelet's own words",
      'unable to retrieve container logs for containerd://9f2c',
      'no log: unable to retrieve container logs for containerd://9f2c',
    ],
  ])('that is %s is not read as lines without a match', async (_what, body, reason) => {
    const url = await clusterOf(['one'], (_pod, _asked, response) => response.end(body));

    const answer = await createKubernetesProbe({ url }).logs({ ...request, grep: 'error' }, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason });
  });

  test('that is empty has no lines', async () => {
    const url = await clusterOf(['one'], (_pod, _asked, response) => response.end());

    const answer = await createKubernetesProbe({ url }).logs(request, readBounds());

    expect(answer).toMatchObject({ kind: 'ok', value: { pods: ['one'], read: 0 } });
  });

  test('that breaks off does not count as a whole one', async () => {
    const url = await clusterOf(['one'], (_pod, _asked, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('a line\n', () => response.destroy());
    });

    const answer = await createKubernetesProbe({ url }).logs(request, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'the answer could not be read' });
  });
});

describe('a list', () => {
  test.each([
    ['without items', '{"kind":"PodList"}', 'items has another shape'],
    ['whose items are null', '{"kind":"PodList","items":null}', 'items has another shape'],
    [
      'of something else',
      '{"kind":"PodList","items":[{"metadata":{}}]}',
      'items[0].metadata.name has another shape',
    ],
    ['of another kind', '{"kind":"EventList","items":[]}', 'kind has another shape'],
    ['without a kind', '{"items":[]}', 'kind has another shape'],
    ['that is none', '[]', 'it has another shape'],
    ['that is null', 'null', 'it has another shape'],
    ['cut short', '{"items":[', 'it is not JSON'],
    ['that is empty', '', 'it is empty'],
    ['that is a login page', '<!DOCTYPE html>\n<title>Sign in</title>', 'it is a web page'],
  ])('%s is not taken for an empty cluster', async (_what, body, why) => {
    const url = await serve((_request, response) => response.end(body));

    const answer = await createKubernetesProbe({ url }).pods(scope, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: `the answer was not one of Kubernetes: ${why}` });
  });
});

describe('a server behind TLS', () => {
  const authority = createLocalAuthority('an authority of our own');
  let asked = 0;

  beforeEach(() => {
    asked = 0;
  });

  function tls(names: string[]): Promise<string> {
    const server = createTlsServer(authority.issue(names), (_request, response) => {
      asked += 1;
      response.end('{"kind":"PodList","items":[]}');
    });
    return serveBy(server, 'https');
  }

  function podsOf(access: KubernetesAccess) {
    return createKubernetesProbe(access).pods(scope, readBounds());
  }

  test('is trusted when the given authority signed its certificate', async () => {
    const url = await tls(['127.0.0.1']);

    const answer = await podsOf({ url, authority: given(authority.certificate) });

    expect(answer).toEqual({ kind: 'ok', value: [] });
  });

  test('is not trusted, and gets no request, with another authority or none', async () => {
    const url = await tls(['127.0.0.1']);
    const another = createLocalAuthority('another authority').certificate;

    const answers = await Promise.all([podsOf({ url }), podsOf({ url, authority: given(another) })]);

    const reason = 'could not connect: no authority that is trusted signed its certificate';
    expect(answers).toEqual([
      { kind: 'failed', reason },
      { kind: 'failed', reason },
    ]);
    expect(asked).toBe(0);
  });

  test('is not trusted under another name', async () => {
    const url = await tls(['kubernetes.default.svc']);

    const answer = await podsOf({ url, authority: given(authority.certificate) });

    expect(answer).toEqual({
      kind: 'failed',
      reason: 'could not connect: its certificate is for another name',
    });
  });

  test('is trusted again after the authority was replaced', async () => {
    const url = await tls(['127.0.0.1']);
    const authorities = [createLocalAuthority('an older one').certificate, authority.certificate];
    const probe = createKubernetesProbe({ url, authority: () => given(authorities.shift() ?? '')() });

    const answers = [await probe.pods(scope, readBounds()), await probe.pods(scope, readBounds())];

    expect(answers.map(({ kind }) => kind)).toEqual(['failed', 'ok']);
  });

  test('that speaks no TLS is reported as that', async () => {
    const url = await serve((_request, response) => response.end());

    const answer = await podsOf({ url: url.replace('http:', 'https:') });

    expect(answer).toEqual({ kind: 'failed', reason: 'could not connect: it does not speak TLS' });
  });
});
