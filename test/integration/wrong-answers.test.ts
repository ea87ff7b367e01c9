import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAlertmanagerProbe } from '../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { createHttpProbe } from '../../lib/adapters/http/http-probe.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import { readExpression } from '../../lib/core/diagnosis/checks/alert-expression.ts';
import { evaluateFinding } from '../../lib/core/diagnosis/checks/evaluate-finding.ts';
import type { ProbeResult } from '../../lib/core/diagnosis/checks/probe.ts';
import { readStep } from '../../lib/core/diagnosis/checks/read-step.ts';
import type { ReadContext } from '../../lib/core/diagnosis/checks/reading.ts';
import type { KubernetesStep, Step } from '../../lib/core/runbook/runbook.ts';
import { queryOncePerSource } from '../../lib/flow/tick/query-alertmanager.ts';
import { catalog } from '../support/factories/catalog.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { storedAlert, storedIncident } from '../support/factories/stored-incident.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const AT = Date.UTC(2026, 10, 24, 3, 12);

/** What the server answers to everything. */
let answer: { status?: number; type?: string; body: string };
let url: string;

beforeAll(async () => {
  url = await serve((_request, response) => {
    const { status = 200, type, body } = answer;
    response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
  });
});

afterAll(stopServing);

const alert = {
  fingerprint: 'aa00000000000001',
  labels: { alertname: 'AgentDown' },
  annotations: {},
  receivers: [{ name: 'ops' }],
  startsAt: '2026-11-24T03:12:00.000Z',
  status: { state: 'active', silencedBy: [], inhibitedBy: [] },
};
const pod = {
  metadata: { name: 'api-1', creationTimestamp: '2026-11-24T03:00:00Z' },
  spec: { containers: [{ name: 'api', resources: { limits: { cpu: '1', memory: '1Gi' } } }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'api', ready: true, restartCount: 0, state: { running: {} } }],
  },
};
const used = {
  metadata: { name: 'api-1' },
  containers: [{ name: 'api', usage: { cpu: '1', memory: '1Ki' } }],
};
const event = {
  involvedObject: { kind: 'Pod', name: 'api-1' },
  reason: 'BackOff',
  message: 'x',
  count: 2,
  lastTimestamp: '2026-11-24T03:00:00Z',
};
const ofPrometheus = (resultType: string, result: unknown) => ({
  status: 'success',
  data: { resultType, result },
});

/** Each read with a proper answer, and how many entries of it come back. */
const reads: {
  name: string;
  proper: unknown;
  ask(): Promise<ProbeResult<unknown[]>>;
  entries(body: unknown): unknown;
}[] = [
  {
    name: "Prometheus' instant query",
    proper: ofPrometheus('vector', [
      { metric: { a: '1' }, value: [1764000000, '1'] },
      { metric: { a: '2' }, value: [1764000000, 'NaN'] },
    ]),
    ask: () => prometheus().instant('prod', 'up', AT, readBounds()),
    entries: resultsOf,
  },
  {
    name: "Prometheus' range query",
    proper: ofPrometheus('matrix', [{ metric: { a: '1' }, values: [[1764000000, '1']] }]),
    ask: () => prometheus().range('prod', 'up', { from: AT - 60_000, to: AT, stepSeconds: 60 }, readBounds()),
    entries: resultsOf,
  },
  {
    name: "Alertmanager's alerts",
    proper: [alert, { ...alert, fingerprint: 'aa00000000000002' }],
    ask: () => alertmanager().alerts('prod', readBounds()),
    entries: (body) => body,
  },
  {
    name: "Kubernetes' pods",
    proper: { kind: 'PodList', items: [pod, pod] },
    ask: () => createKubernetesProbe({ url }).pods({ namespace: 'x' }, readBounds()),
    entries: itemsOf,
  },
  {
    name: "Kubernetes' usage",
    proper: { kind: 'PodMetricsList', items: [used] },
    ask: () => createKubernetesProbe({ url }).usage({ namespace: 'x' }, readBounds()),
    entries: itemsOf,
  },
  {
    name: "Kubernetes' events",
    proper: { kind: 'EventList', items: [event] },
    ask: () => createKubernetesProbe({ url }).events({ namespace: 'x' }, readBounds()),
    entries: itemsOf,
  },
];

/** Answers with a good status that are none of any of these servers. */
const strange: [string, { status?: number; type?: string; body: string }, RegExp][] = [
  ['nothing', { body: '' }, /: it is empty$/],
  ['204', { status: 204, body: '' }, /(: it is empty|HTTP 204)$/],
  [
    'a login page',
    { type: 'text/html', body: '\n<!DOCTYPE html>\n<title>Sign in</title>' },
    /: it is a web page$/,
  ],
  ['a login page as JSON', { type: 'application/json', body: '<html></html>' }, /: it is a web page$/],
  ['text', { body: 'Bad gateway' }, /: it is not JSON$/],
  ['null', { body: 'null' }, /: it has another shape$/],
  ['a number', { body: '0' }, /: it has another shape$/],
  ['true', { body: 'true' }, /: it has another shape$/],
  ['an object without anything', { body: '{}' }, /: (it|status|kind) has another shape$/],
  ['success without data', { body: '{"status":"success"}' }, /: (it|data|kind) has another shape$/],
  ['success with null', { body: '{"status":"success","data":null}' }, /: (it|data|kind) has another shape$/],
  ['a list of strange things', { body: '[null]' }, /has another shape$/],
  ['a list of lists', { body: '[[]]' }, /has another shape$/],
];

describe.each(reads)('$name', ({ ask, proper, entries }) => {
  test('comes back whole, also with fields that nobody knows', async () => {
    answer = { type: 'application/json; charset=utf-8', body: JSON.stringify(withMore(proper)) };

    const read = await ask();

    expect(read).toMatchObject({ kind: 'ok', value: { length: listLength(entries(proper)) } });
  });

  test.each(strange)('is refused when it is %s', async (_what, served, why) => {
    answer = served;

    expect(await ask()).toMatchObject({ kind: 'failed', reason: expect.stringMatching(why) });
  });

  test('is refused when it is cut short', async () => {
    answer = { body: JSON.stringify(proper).slice(0, -2) };

    expect(await ask()).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/: it is not JSON$/) });
  });

  test('is refused with the content type of something else', async () => {
    answer = { type: 'text/html; charset=utf-8', body: JSON.stringify(proper) };

    expect(await ask()).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/: its content type is text\/html$/),
    });
  });

  test('is whole or refused, and never throws, whatever JSON it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), changedAnywhere(proper)), async (body) => {
        answer = { body: JSON.stringify(body) };

        const read = await ask();

        if (read.kind === 'ok') expect(read.value).toHaveLength(listLength(entries(body)));
        else expect(read.reason).toMatch(/^the answer was not one of .+: .+/);
      }),
    );
  });
});

describe('Prometheus', () => {
  test.each<[string, unknown]>([
    ['another type of result', ofPrometheus('matrix', [])],
    ['a string', ofPrometheus('string', [1764000000, 'up'])],
    ['a result that is no list', ofPrometheus('vector', {})],
    ['a result that is null', ofPrometheus('vector', null)],
    ['a value that is no pair', ofPrometheus('vector', [{ metric: {}, value: ['1'] }])],
    ['a value that is no number', ofPrometheus('vector', [{ metric: {}, value: [1764000000, 'abc'] }])],
    ['an empty value', ofPrometheus('vector', [{ metric: {}, value: [1764000000, ''] }])],
    ['a value that is not text', ofPrometheus('vector', [{ metric: {}, value: [1764000000, 1] }])],
    ['a histogram', ofPrometheus('vector', [{ metric: {}, histogram: [1764000000, { count: '1' }] }])],
    ['a label that is not text', ofPrometheus('vector', [{ metric: { a: 1 }, value: [1764000000, '1'] }])],
    ['no labels at all', ofPrometheus('vector', [{ value: [1764000000, '1'] }])],
  ])('gives no samples of %s', async (_what, body) => {
    answer = { body: JSON.stringify(body) };

    const read = await prometheus().instant('prod', 'up', AT, readBounds());

    expect(read).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the answer was not one of Prometheus: data\.\S+ has another shape$/),
    });
  });

  test.each<[string, object]>([
    ['some of VictoriaMetrics did not answer', { isPartial: true }],
    ['a store of Thanos did not answer', { warnings: ['store b is down'] }],
  ])('finds nothing, not even zero, where %s', async (_what, more) => {
    answer = { body: JSON.stringify({ ...ofPrometheus('vector', []), ...more }) };

    expect(await prometheus().instant('prod', 'up', AT, readBounds())).toMatchObject({
      kind: 'failed',
      reason: 'the answer was not one of Prometheus: it is a part: some of the storage did not answer',
    });
  });

  test('is believed with a warning where it has samples', async () => {
    const whole = ofPrometheus('vector', [{ metric: {}, value: [1764000000, '1'] }]);
    answer = { body: JSON.stringify({ ...whole, warnings: ['odd buckets'], isPartial: false }) };

    expect(await prometheus().instant('prod', 'up', AT, readBounds())).toMatchObject({ kind: 'ok' });
  });

  test('keeps a label that is named __proto__', async () => {
    const body = '{"metric":{"__proto__":"x"},"value":[1764000000,"1"]}';
    answer = { body: `{"status":"success","data":{"resultType":"vector","result":[${body}]}}` };

    const read = await prometheus().instant('prod', 'up', AT, readBounds());

    const labels = read.kind === 'ok' ? read.value[0]?.labels : undefined;
    expect(Object.entries(labels ?? {})).toEqual([['__proto__', 'x']]);
  });
});

describe('a finding', () => {
  const base = { id: 's', title: 'S', timeout: 4_000, sentence: 'x', attention: 'result.count > 0' } as const;
  const ofKubernetes = { ...base, kind: 'kubernetes', namespace: 'x' } as const;
  const steps: [string, Step][] = [
    ['samples', { ...base, kind: 'promql', query: 'up' }],
    ['series', { ...base, kind: 'promql', query: 'up', range: 3_600_000 }],
    ['alerts', { ...base, kind: 'alertmanager', match: {} }],
    ...(['pods', 'limits', 'events'] as const).map((read): [string, KubernetesStep] => [
      read,
      { ...ofKubernetes, read },
    ]),
    ['usage', { ...ofKubernetes, read: 'top', sort: 'cpu' }],
    ['logs', { ...ofKubernetes, read: 'logs', pod: 'api-1', tail: 10, previous: false }],
    ['health', { ...base, kind: 'http', read: 'health', targets: ['api'], path: '/health' }],
    ['metrics', { ...base, kind: 'http', read: 'metrics', target: 'api', path: '/metrics', match: 'up' }],
  ];

  test.each(steps)(
    'of %s says that a login page answered, and is neither normal nor empty',
    async (_what, step) => {
      answer = { type: 'text/html', body: '<!DOCTYPE html>\n<title>Sign in</title>' };

      const finding = evaluateFinding(step, await readStep(step, context()), {}, 1);

      expect(finding).toMatchObject({
        verdict: 'unchecked',
        sentence: expect.stringContaining('a web page'),
      });
      expect(finding.sentence).not.toContain('Sign in');
    },
  );

  test("of the alert's own expression says so as well", async () => {
    answer = { body: '{"status":"success"}' };

    const finding = await readExpression('up == 0', 0, context());

    expect(finding).toMatchObject({
      verdict: 'unchecked',
      sentence: 'the answer was not one of Prometheus: data has another shape',
    });
  });
});

describe('an incident whose Alertmanager', () => {
  const incident = storedIncident({ alerts: [storedAlert({ fingerprint: alert.fingerprint })] });

  test.each(strange)('answers %s keeps its alerts: nothing is called absent', async (_what, served) => {
    answer = served;

    expect(await statusOf()).toEqual({
      kind: 'unknown',
      why: expect.stringMatching(/Alertmanager|HTTP 204/),
    });
  });

  test('lists something unreadable beside it is known to fire, and nothing else is called absent', async () => {
    answer = { body: JSON.stringify([alert, { ...alert, labels: null }]) };

    expect(await statusOf()).toMatchObject({
      kind: 'unknown',
      why: 'the answer was not one of Alertmanager: alert 2 of 2 has another shape',
      active: [alert.fingerprint],
    });
  });

  function statusOf() {
    const queries = queryOncePerSource({
      alertmanager: alertmanager(),
      catalog: catalog(),
      clock: { now: () => AT },
      abortAfter: () => new AbortController().signal,
    });
    return queries.status(incident);
  }
});

function prometheus() {
  return createPrometheusProbe({ urls: { anySource: [url], bySource: {} } });
}

function alertmanager() {
  return createAlertmanagerProbe({ urls: { anySource: [url], bySource: {} } });
}

function context(): ReadContext {
  const http = createHttpProbe({ targets: new Map([['api', url]]) });
  const probes = {
    prometheus: prometheus(),
    alertmanager: alertmanager(),
    kubernetes: createKubernetesProbe({ url }),
    http,
  };
  return { source: 'prod', labels: {}, at: AT, probes, bounds: readBounds() };
}

function resultsOf(body: unknown): unknown {
  return at(at(body, 'data'), 'result');
}

function itemsOf(body: unknown): unknown {
  return at(body, 'items');
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar is one sample. */
function listLength(entries: unknown): number {
  return Array.isArray(entries) ? entries.length : 1;
}

/** The same with a further field in every object. Labels stay texts with it. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (!isRecord(value)) return value;
  const same = Object.entries(value).map(([key, each]): [string, unknown] => [key, withMore(each)]);
  return Object.fromEntries([...same, ['more', '1']]);
}

/** A proper answer in which one value, somewhere, is something else. */
function changedAnywhere(proper: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(proper);
  return fc
    .tuple(fc.constantFrom(...paths), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
    .map(([path, other]) => replaced(proper, path, other));
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, each]) => pathsOf(each).map((path) => [key, ...path]))];
}

function replaced(value: unknown, [key, ...rest]: string[], other: unknown): unknown {
  if (key === undefined) return other ?? null;
  if (Array.isArray(value))
    return value.map((each, at) => (String(at) === key ? replaced(each, rest, other) : each));
  return isRecord(value) ? { ...value, [key]: replaced(value[key], rest, other) } : value;
}
