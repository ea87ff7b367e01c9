import { describe, expect, test } from 'vitest';
import type { KubernetesProbe, PodUsage, ProbeResult } from '../../../lib/core/diagnosis/checks/probe.ts';
import { readKubernetes } from '../../../lib/core/diagnosis/checks/read-kubernetes.ts';
import type { StepReading } from '../../../lib/core/diagnosis/checks/reading.ts';
import type { KubernetesStep } from '../../../lib/core/runbook/runbook.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { clusterEvent, logExcerpt, pod, podContainer } from '../../support/factories/kubernetes-records.ts';
import { readBounds } from '../../support/factories/read-bounds.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 12);
const MIB = 2 ** 20;

type Asked = { read: keyof KubernetesProbe; scope: unknown };
type Answers = { [Read in keyof KubernetesProbe]?: Awaited<ReturnType<KubernetesProbe[Read]>> };

/** Gives prepared answers and records the requests. */
function probe(answers: Answers): KubernetesProbe & { asked: Asked[] } {
  const asked: Asked[] = [];
  const none: ProbeResult<never> = { kind: 'failed', reason: 'this should not be read' };
  return {
    asked,
    pods: async (scope) => (asked.push({ read: 'pods', scope }), answers.pods ?? none),
    usage: async (scope) => (asked.push({ read: 'usage', scope }), answers.usage ?? none),
    events: async (scope) => (asked.push({ read: 'events', scope }), answers.events ?? none),
    logs: async (scope) => (asked.push({ read: 'logs', scope }), answers.logs ?? none),
  };
}

function ok<T>(value: T): ProbeResult<T> {
  return { kind: 'ok', value };
}

type Change = Partial<Extract<KubernetesStep, { read: 'logs' }>>;

function step(read: KubernetesStep['read'], change: Change = {}): KubernetesStep {
  const base = { id: 's', title: 'S', kind: 'kubernetes', timeout: 4 * SECOND, sentence: '' } as const;
  const { tail = 100, previous = false, ...scope } = { namespace: 'cryptofunk', ...change };
  if (read === 'logs') return { ...base, ...scope, read, tail, previous };
  return read === 'top' ? { ...base, ...scope, read, sort: 'memory' } : { ...base, ...scope, read };
}

async function read(
  kubernetes: KubernetesProbe,
  wanted: KubernetesStep,
  labels: Record<string, string> = {},
): Promise<ProbeResult<StepReading>> {
  const bounds = readBounds();
  return readKubernetes(wanted, { source: 'prod', labels, at: NOW, probes: { kubernetes }, bounds });
}

async function reading(kubernetes: KubernetesProbe, wanted: KubernetesStep): Promise<StepReading> {
  const answer = await read(kubernetes, wanted);
  if (answer.kind === 'failed') throw new Error(answer.reason);
  return answer.value;
}

const killed = { reason: 'OOMKilled', exitCode: 137, at: NOW - 3 * MINUTE };

describe('pods', () => {
  test('are sorted worst first: not ready, then by restarts', async () => {
    const pods = [
      pod({ name: 'calm' }),
      pod({ name: 'restless' }, { restarts: 3, lastExit: { reason: 'Error', exitCode: 1, at: NOW - 1_000 } }),
      pod({ name: 'down', ready: false, status: 'CrashLoopBackOff' }, { restarts: 6, lastExit: killed }),
      pod({ name: 'new', ready: false, status: 'Pending', createdAt: NOW - 90 * SECOND }),
    ];

    const { result } = await reading(probe({ pods: ok(pods) }), step('pods'));

    expect(result).toMatchObject({
      count: 4,
      not_ready: 2,
      restarts: 9,
      oom_killed: 1,
      first: {
        pod: 'down',
        ready: false,
        status: 'CrashLoopBackOff',
        restarts: 6,
        last_exit: 'OOMKilled (137)',
        ended_seconds: 180,
        node: 'node-1',
      },
      rows: [
        { pod: 'down' },
        { pod: 'new', last_exit: '', ended_seconds: null, age_seconds: 90 },
        { pod: 'restless', last_exit: 'Error (1)', ended_seconds: 1 },
        { pod: 'calm' },
      ],
    });
  });

  test('are shown as a table with times in words, and with the node if there are several', async () => {
    const pods = [
      pod({ name: 'a', createdAt: NOW - 60 * MINUTE }, { restarts: 2, lastExit: killed }),
      pod({ name: 'b', createdAt: NOW - 60 * MINUTE }),
    ];

    const one = await reading(probe({ pods: ok(pods) }), step('pods'));
    const [first = pod(), ...rest] = pods;
    const two = await reading(probe({ pods: ok([{ ...first, node: 'node-2' }, ...rest]) }), step('pods'));

    expect(one.evidence).toEqual({
      kind: 'table',
      columns: ['pod', 'ready', 'status', 'restarts', 'last exit', 'ended', 'age'],
      rows: [
        ['a', 'true', 'Running', '2', 'OOMKilled (137)', '3 m 00 s', '1 h 00 m'],
        ['b', 'true', 'Running', '0', '', '', '1 h 00 m'],
      ],
      omitted: 0,
    });
    expect(two.evidence).toMatchObject({ columns: expect.arrayContaining(['node']) });
  });

  test('are counted beyond twenty, also in the evidence', async () => {
    const pods = Array.from({ length: 23 }, (_, n) => pod({ name: `p${n}`, ready: n !== 22 }));

    const { result, evidence } = await reading(probe({ pods: ok(pods) }), step('pods'));

    expect(result).toMatchObject({ count: 23, not_ready: 1, first: { pod: 'p22' } });
    expect(result['rows']).toHaveLength(20);
    expect(evidence).toMatchObject({ omitted: 3 });
  });

  test('do not count as not ready once they completed', async () => {
    const pods = [pod({ name: 'job', ready: false, finished: true, status: 'Completed' }), pod()];

    const { result } = await reading(probe({ pods: ok(pods) }), step('pods'));

    expect(result).toMatchObject({ count: 2, not_ready: 0 });
  });

  test('may be absent', async () => {
    const { result, evidence } = await reading(probe({ pods: ok([]) }), step('pods'));

    expect(result).toEqual({ rows: [], first: null, count: 0, not_ready: 0, restarts: 0, oom_killed: 0 });
    expect(evidence).toBeUndefined();
  });
});

describe('limits', () => {
  test('list containers without a limit first, and count them', async () => {
    const amounts = { cpuMillicores: 500, memoryBytes: 512 * MIB };
    const pods = [
      pod({ name: 'bounded' }, { limits: amounts, requests: { cpuMillicores: 250 } }),
      pod({ name: 'free' }, { limits: { memoryBytes: 512 * MIB } }),
    ];

    const { result, evidence } = await reading(probe({ pods: ok(pods) }), step('limits'));

    expect(result).toMatchObject({
      count: 2,
      unlimited: 1,
      rows: [
        { pod: 'free', cpu_limit_millicores: null, memory_limit_bytes: 536_870_912 },
        {
          pod: 'bounded',
          container: 'api',
          cpu_request_millicores: 250,
          cpu_limit_millicores: 500,
          memory_request_bytes: null,
          memory_limit_bytes: 536_870_912,
        },
      ],
    });
    expect(evidence).toMatchObject({ rows: [['free', '', '', '', '512 MiB'], expect.any(Array)] });
  });
});

describe('top', () => {
  const usage: PodUsage[] = [
    { pod: 'a', containers: [{ name: 'api', cpuMillicores: 460, memoryBytes: 100 * MIB }] },
    {
      pod: 'b',
      containers: [
        { name: 'api', cpuMillicores: 20, memoryBytes: 487 * MIB },
        { name: 'sidecar', cpuMillicores: 1, memoryBytes: 9 * MIB },
      ],
    },
  ];
  const limits = { cpuMillicores: 500, memoryBytes: 512 * MIB };
  const pods = [pod({ name: 'a' }, { limits }), pod({ name: 'b' }, { limits })];

  test('lists the highest usage first, compared with the limits', async () => {
    const kubernetes = probe({ usage: ok(usage), pods: ok(pods) });

    const { result, evidence } = await reading(kubernetes, step('top'));

    expect(result).toMatchObject({
      count: 3,
      first: {
        pod: 'b',
        container: 'api',
        cpu_millicores: 20,
        memory_bytes: 487 * MIB,
        cpu_limit_millicores: 500,
        memory_limit_bytes: 512 * MIB,
        cpu_percent: 4,
        memory_percent: 95.1,
      },
      rows: [
        { pod: 'b' },
        { pod: 'a', cpu_percent: 92 },
        { container: 'sidecar', cpu_limit_millicores: null, cpu_percent: null, memory_percent: null },
      ],
    });
    expect(evidence).toMatchObject({
      columns: ['pod', 'container', 'cpu millicores', 'cpu percent', 'memory', 'memory percent'],
    });
  });

  test('can be sorted by CPU', async () => {
    const kubernetes = probe({ usage: ok(usage), pods: ok(pods) });

    const answer = await reading(kubernetes, { ...step('top'), read: 'top', sort: 'cpu' });

    expect(answer.result).toMatchObject({ first: { pod: 'a', cpu_millicores: 460 } });
  });

  test('fails if usage or limits cannot be read', async () => {
    const kubernetes = probe({ usage: { kind: 'failed', reason: 'HTTP 404' }, pods: ok(pods) });

    expect(await read(kubernetes, step('top'))).toEqual({ kind: 'failed', reason: 'HTTP 404' });
  });
});

describe('events', () => {
  test('are listed newest first', async () => {
    const events = [
      clusterEvent({ reason: 'Unhealthy', lastSeenAt: NOW - 5 * MINUTE, count: 9 }),
      clusterEvent({ reason: 'BackOff', lastSeenAt: NOW - 25 * SECOND, count: 17 }),
    ];

    const { result, evidence } = await reading(probe({ events: ok(events) }), step('events'));

    expect(result).toMatchObject({
      count: 2,
      first: {
        object: 'Pod/api-5d8f9c7b46-q7w2m',
        reason: 'BackOff',
        message: 'Readiness probe failed',
        count: 17,
        seen_seconds: 25,
      },
    });
    expect(evidence).toMatchObject({ columns: ['seen', 'object', 'reason', 'count', 'message'] });
  });
});

describe('logs', () => {
  test('show the newest matching lines, and the counts of read and matched lines', async () => {
    const excerpt = logExcerpt(['first', 'second'], { matched: 7, read: 100, unread: 1 });

    const { result, evidence } = await reading(probe({ logs: ok(excerpt) }), step('logs'));

    expect(result).toEqual({
      lines: ['first', 'second'],
      rows: [{ line: 'first' }, { line: 'second' }],
      first: { line: 'first' },
      last: 'second',
      count: 7,
      read: 100,
      pods: ['api-5d8f9c7b46-q7w2m'],
      unread: 1,
    });
    expect(evidence).toEqual({ kind: 'text', lines: ['first', 'second'], omitted: 5 });
  });

  test('name the pod of each line if there are several', async () => {
    const lines = [
      { pod: 'api-1-aaaaa', text: 'one' },
      { pod: 'api-1-bbbbb', text: 'two' },
    ];
    const excerpt = logExcerpt([], { pods: ['api-1-aaaaa', 'api-1-bbbbb'], lines, matched: 2, read: 2 });

    const { evidence } = await reading(probe({ logs: ok(excerpt) }), step('logs'));

    expect(evidence).toMatchObject({ lines: ['aaaaa: one', 'bbbbb: two'] });
  });

  test('are shown without credentials and control characters', async () => {
    const excerpt = logExcerpt(['connecting password=hunter2 \u001b[31m\u202e', 'x'.repeat(5_000)]);

    const { evidence } = await reading(probe({ logs: ok(excerpt) }), step('logs'));

    const lines = evidence?.kind === 'text' ? evidence.lines : [];
    expect(lines[0]).toBe('connecting password=[redacted] [31m');
    expect(lines[1]).toHaveLength(200);
  });

  test('have no last line if none matches', async () => {
    const { result, evidence } = await reading(
      probe({ logs: ok(logExcerpt([], { read: 100 })) }),
      step('logs'),
    );

    expect(result).toMatchObject({ count: 0, read: 100, last: null, first: null, lines: [] });
    expect(evidence).toBeUndefined();
  });

  test('are requested as the step says', async () => {
    const kubernetes = probe({ logs: ok(logExcerpt([])) });
    const wanted = step('logs', {
      deployment: 'api',
      container: 'web',
      tail: 50,
      grep: 'error',
      previous: true,
    });

    await reading(kubernetes, wanted);

    const scope = { namespace: 'cryptofunk', deployment: 'api' };
    expect(kubernetes.asked).toEqual([
      { read: 'logs', scope: { ...scope, container: 'web', tail: 50, grep: 'error', previous: true } },
    ]);
  });
});

describe('names', () => {
  test('are filled from the labels', async () => {
    const kubernetes = probe({ pods: ok([]) });
    const labels = { namespace: 'crypto', agent: 'risk-agent', component: 'trading-agent' };

    await read(
      kubernetes,
      step('pods', { namespace: '{{ labels.namespace }}', deployment: '{{ labels.agent }}' }),
      labels,
    );
    await read(
      kubernetes,
      step('pods', { selector: 'app.kubernetes.io/component={{ labels.component }},tier in (a, b),!old' }),
      labels,
    );

    expect(kubernetes.asked.map(({ scope }) => scope)).toEqual([
      { namespace: 'crypto', deployment: 'risk-agent' },
      { namespace: 'cryptofunk', selector: 'app.kubernetes.io/component=trading-agent,tier in (a, b),!old' },
    ]);
  });

  test.each([
    ['namespace', { namespace: '{{ labels.nothing }}' }],
    ['deployment', { deployment: '{{ labels.nothing }}' }],
    ['pod', { pod: '{{ labels.nothing }}' }],
    ['selector', { selector: 'app={{ labels.nothing }}' }],
    ['container', { container: '{{ labels.nothing }}' }],
  ])('are not read if they need a missing label: %s', async (what, change) => {
    const kubernetes = probe({});

    const answer = await read(kubernetes, step('logs', change));

    expect(answer).toEqual({ kind: 'failed', reason: `the alert lacks a label that the ${what} needs` });
    expect(kubernetes.asked).toEqual([]);
  });

  const hostile = [
    "'; DROP TABLE orders; --",
    '"}',
    '../',
    '..',
    '$(id)',
    'a\nb',
    'a/log',
    'a?watch=true',
    'a%2flog',
    'a,b!=c',
    'a) or (b',
    '-a',
    'a-',
    '',
    ' ',
    'Ünï',
    'a'.repeat(10_000),
  ];

  test.each(hostile)('are never sent if Kubernetes would reject them: %j', async (value) => {
    const kubernetes = probe({});
    const hole = '{{ labels.x }}';
    const places = [
      { namespace: hole },
      { deployment: hole },
      { pod: hole },
      { container: hole },
      { selector: `app=${hole}` },
      { selector: `app in (${hole})` },
    ];

    const answers = await Promise.all(
      places.map((place) => read(kubernetes, step('logs', place), { x: value })),
    );

    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^"[^]*" is not a/) });
      expect(answer.kind === 'failed' && answer.reason.length).toBeLessThan(120);
    }
    expect(kubernetes.asked).toEqual([]);
  });

  test('are quoted in the failure if they are invalid', async () => {
    const answer = await read(probe({}), step('pods', { deployment: '{{ labels.agent }}' }), {
      agent: '$(id)',
    });

    expect(answer).toEqual({ kind: 'failed', reason: '"$(id)" is not a valid name of a deployment' });
  });

  test.each(['=a', 'app in ()()', 'app in (a', 'a b', 'app=a,', '!', 'app=a/b'])(
    'are refused if they do not form a label selector: %s',
    async (selector) => {
      const answer = await read(probe({}), step('pods', { selector }));

      expect(answer).toEqual({ kind: 'failed', reason: `"${selector}" is not a label selector` });
    },
  );
});

test('a step without a configured cluster names the missing variable', async () => {
  const answer = await readKubernetes(step('pods'), {
    source: 'prod',
    labels: {},
    at: NOW,
    probes: {},
    bounds: readBounds(),
  });

  expect(answer).toEqual({ kind: 'failed', reason: 'KUBERNETES_URL is not set' });
});

test('the containers of a pod count together, and its last exit is their latest', async () => {
  const containers = [
    podContainer({ name: 'a', restarts: 1, lastExit: { reason: 'Error', exitCode: 1, at: NOW - MINUTE } }),
    podContainer({ name: 'b', restarts: 2, lastExit: killed }),
  ];

  const { result } = await reading(probe({ pods: ok([pod({ containers })]) }), step('pods'));

  expect(result).toMatchObject({
    restarts: 3,
    oom_killed: 0,
    first: { last_exit: 'Error (1)', restarts: 3 },
  });
});
