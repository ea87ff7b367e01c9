import { Agent } from 'node:https';
import axios from 'axios';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalKubernetes, startLocalKubernetes } from '../../infra/local/kubernetes/kubernetes.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import type { KubernetesProbe, LogRequest, ProbeResult } from '../../lib/core/diagnosis/checks/probe.ts';
import { readStep } from '../../lib/core/diagnosis/checks/read-step.ts';
import type { KubernetesStep } from '../../lib/core/runbook/runbook.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { accessTo } from '../support/servers/kubernetes-access.ts';

const MIB = 2 ** 20;
const namespace = 'cryptofunk';

let cluster: LocalKubernetes;
let probe: KubernetesProbe;

/** Kubernetes' times have no fractions of a second. */
const AT = Date.UTC(2026, 10, 24, 3, 12);

beforeAll(async () => {
  cluster = await startLocalKubernetes({ now: () => AT });
  probe = createKubernetesProbe(accessTo(cluster));
});

afterAll(() => cluster?.close());

async function valueOf<T>(asked: Promise<ProbeResult<T>>): Promise<T> {
  const answer = await asked;
  if (answer.kind === 'failed') throw new Error(answer.reason);
  return answer.value;
}

function podsIn(scope: object) {
  return valueOf(probe.pods({ namespace, ...scope }, readBounds()));
}

function logsOf(request: Partial<LogRequest>) {
  return valueOf(probe.logs({ namespace, tail: 100, previous: false, ...request }, readBounds()));
}

describe('pods', () => {
  test('of a deployment are found by its selector', async () => {
    const [pod, ...more] = await podsIn({ deployment: 'technical-agent' });

    expect(more).toEqual([]);
    expect(pod).toEqual({
      name: 'technical-agent-6c9f7d8b5d-x2k9q',
      status: 'CrashLoopBackOff',
      ready: false,
      finished: false,
      node: 'node-1',
      createdAt: expect.any(Number),
      containers: [
        {
          name: 'technical-agent',
          restarts: 6,
          lastExit: { reason: 'OOMKilled', exitCode: 137, at: AT - 3 * MINUTE },
          requests: { cpuMillicores: 50, memoryBytes: 64 * MIB },
          limits: { cpuMillicores: 200, memoryBytes: 256 * MIB },
        },
      ],
    });
  });

  test.each([
    [{ selector: 'app.kubernetes.io/component=trading-agent' }, 6],
    [
      { selector: 'app.kubernetes.io/component in (trading-agent, mcp-server),app.kubernetes.io/name!=api' },
      10,
    ],
    [{ selector: '!app.kubernetes.io/component' }, 0],
    [{ pod: 'api-5d8f9c7b46-q7w2m' }, 1],
    [{ deployment: 'arbitrage-agent' }, 0],
    [{}, 14],
  ])('of %j are %i', async (scope, count) => {
    expect(await podsIn(scope)).toHaveLength(count);
  });

  test.each([
    [{ deployment: 'gone' }, 'HTTP 404: deployments.apps "gone" not found'],
    [{ pod: 'gone' }, 'HTTP 404: pods "gone" not found'],
  ])('of %j, which is not there, are told to be missing', async (scope, reason) => {
    expect(await probe.pods({ namespace, ...scope }, readBounds())).toEqual({ kind: 'failed', reason });
  });
});

describe('usage', () => {
  test('comes with every container that runs', async () => {
    const all = await valueOf(probe.usage({ namespace }, readBounds()));
    const api = await valueOf(probe.usage({ namespace, deployment: 'api' }, readBounds()));
    const one = await valueOf(probe.usage({ namespace, pod: 'api-5d8f9c7b46-q7w2m' }, readBounds()));

    expect(all).toHaveLength(13);
    expect(api).toEqual([
      {
        pod: 'api-5d8f9c7b46-q7w2m',
        containers: [{ name: 'api', cpuMillicores: 460, memoryBytes: 487 * MIB }],
      },
    ]);
    expect(one).toEqual(api);
  });
});

describe('events', () => {
  test('are warnings only', async () => {
    const events = await valueOf(probe.events({ namespace }, readBounds()));

    expect(events.map(({ reason }) => reason).toSorted()).toEqual([
      'BackOff',
      'Unhealthy',
      'Unhealthy',
      'Unhealthy',
    ]);
  });

  test.each([
    [{ deployment: 'technical-agent' }, 2],
    [{ selector: 'app.kubernetes.io/name in (trend-agent, sentiment-agent)' }, 2],
    [{ pod: 'trend-agent-6b8c9d7e5f-j2k6m' }, 1],
    [{ deployment: 'api' }, 0],
  ])('about %j are %i', async (scope, count) => {
    const events = await valueOf(probe.events({ namespace, ...scope }, readBounds()));

    expect(events).toHaveLength(count);
  });

  test('of a missing deployment are no all-clear', async () => {
    const answer = await probe.events({ namespace, deployment: 'gone' }, readBounds());

    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('not found') });
  });
});

describe('logs', () => {
  test('of a deployment are those of its pods, the newest matching lines with the count of all', async () => {
    const excerpt = await logsOf({ deployment: 'bifrost', tail: 100, grep: 'CONNECTION RESET' });

    expect(excerpt).toMatchObject({ pods: ['bifrost-6f7c8d9b5c-z8x4n'], unread: 0, read: 100, matched: 12 });
    expect(excerpt.lines.at(-1)?.text).toMatch(
      /^\S+Z ERROR upstream api\.openai\.example: connection reset by peer$/,
    );
  });

  test('are at most as many lines as the bounds allow', async () => {
    const excerpt = await logsOf({ deployment: 'api', tail: 200 });

    expect(excerpt).toMatchObject({ read: 200, matched: 200 });
    expect(excerpt.lines).toHaveLength(20);
  });

  test('of several pods come in one order, from three of them, those that are not ready first', async () => {
    const excerpt = await logsOf({ selector: 'app.kubernetes.io/component=trading-agent', tail: 10 });

    expect(excerpt.pods.map((pod) => pod.replace(/-[^-]+-[^-]+$/, ''))).toEqual([
      'technical-agent',
      'sentiment-agent',
      'trend-agent',
    ]);
    expect(excerpt).toMatchObject({ unread: 3, read: 30, matched: 30 });
    const times = excerpt.lines.map(({ text }) => text.slice(0, 24));
    expect(times).toEqual(times.toSorted());
    expect(new Set(excerpt.lines.map(({ pod }) => pod)).size).toBe(3);
  });

  test('before the last restart are those of pods that restarted', async () => {
    const before = await logsOf({ deployment: 'orderbook-agent', previous: true });
    const none = await logsOf({ deployment: 'api', previous: true });

    expect(before.lines.at(-1)?.text).toMatch(/giving up after 5 attempts/);
    expect(none).toMatchObject({ pods: [], unread: 0, lines: [], read: 0 });
  });

  test('of a missing container are reported as missing', async () => {
    const request = { namespace, deployment: 'api', container: 'web', tail: 10, previous: false };

    const answer = await probe.logs(request, readBounds());

    expect(answer).toEqual({
      kind: 'failed',
      reason: 'HTTP 400: container web is not valid for pod api-5d8f9c7b46-q7w2m',
    });
  });

  test('of a deployment without pods are empty', async () => {
    expect(await logsOf({ deployment: 'arbitrage-agent' })).toMatchObject({ pods: [], lines: [], read: 0 });
  });
});

describe('a reader without the right', () => {
  test('gets that reason, without the token in it', async () => {
    const access = {
      ...accessTo(cluster),
      token: async () => ({ kind: 'ok', value: 'wrong-token' }) as const,
    };

    const answer = await createKubernetesProbe(access).pods({ namespace }, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 401: Unauthorized' });
  });
});

describe('hostile labels', () => {
  test.each([
    ['SQL', "'; DROP TABLE orders; --"],
    ['an end of a string', '"}'],
    ['a way up', '../../../../apis/apps/v1'],
    ['a command', '$(id)'],
    ['line breaks', 'api\r\nx-injected: yes'],
    ['another question', 'api?watch=true#'],
    ['another condition', 'api,tier!=x'],
    ['10 kB of text', 'x'.repeat(10_000)],
  ])('reach no server, in whatever place: %s', async (_what, value) => {
    const before = cluster.requests().length;
    const hole = '{{ labels.x }}';
    const places = [{ namespace: hole }, { deployment: hole }, { pod: hole }, { selector: `app=${hole}` }];
    const base = {
      id: 's',
      title: 'S',
      kind: 'kubernetes',
      timeout: 4 * SECOND,
      sentence: '',
      namespace,
    } as const;
    const steps = places.flatMap((place): KubernetesStep[] => [
      { ...base, ...place, read: 'pods' },
      { ...base, ...place, read: 'events' },
      { ...base, ...place, read: 'limits' },
      { ...base, ...place, read: 'top', sort: 'cpu' },
      { ...base, ...place, read: 'logs', tail: 10, previous: false },
    ]);

    const answers = await Promise.all(
      steps.map((step) =>
        readStep(step, {
          source: 'prod',
          labels: { x: value },
          at: AT,
          probes: { kubernetes: probe },
          bounds: readBounds(),
        }),
      ),
    );

    expect(answers.map(({ kind }) => kind)).toEqual(steps.map(() => 'failed'));
    expect(cluster.requests()).toHaveLength(before);
  });

  test('next to harmless ones leave those as plain data in the requests', async () => {
    const before = cluster.requests().length;

    await podsIn({ selector: 'app.kubernetes.io/name in (api, bifrost),!canary' });
    await logsOf({ pod: 'api-5d8f9c7b46-q7w2m', tail: 7 });

    expect(cluster.requests().slice(before)).toEqual([
      {
        method: 'GET',
        url: '/api/v1/namespaces/cryptofunk/pods?labelSelector=app.kubernetes.io%2Fname+in+%28api%2C+bifrost%29%2C%21canary',
        status: 200,
      },
      { method: 'GET', url: '/api/v1/namespaces/cryptofunk/pods/api-5d8f9c7b46-q7w2m', status: 200 },
      {
        method: 'GET',
        url: '/api/v1/namespaces/cryptofunk/pods/api-5d8f9c7b46-q7w2m/log?container=api&tailLines=7&timestamps=true',
        status: 200,
      },
    ]);
  });
});

test('the stand-in refuses everything but a GET', async () => {
  const pod = `${cluster.url}/api/v1/namespaces/cryptofunk/pods/api-5d8f9c7b46-q7w2m`;
  const request = {
    headers: { authorization: `Bearer ${cluster.token}` },
    httpsAgent: new Agent({ ca: cluster.authority }),
    validateStatus: () => true,
  };

  const answers = await Promise.all(
    ['DELETE', 'POST', 'PUT', 'PATCH'].map((method) => axios.request({ ...request, method, url: pod })),
  );
  const exec = await axios.get(`${pod}/exec?command=id`, request);

  for (const { status, data } of [...answers, exec]) {
    expect(status).toBe(403);
    expect(data).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });
  }
});
