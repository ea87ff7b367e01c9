import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  HttpAnswer,
  HttpProbe,
  MetricSample,
  ProbeResult,
} from '../../../lib/core/diagnosis/checks/probe.ts';
import { readHttp } from '../../../lib/core/diagnosis/checks/read-http.ts';
import type { ReadContext } from '../../../lib/core/diagnosis/checks/reading.ts';
import type { HttpStep } from '../../../lib/core/runbook/runbook.ts';
import { hostileLabels } from '../../support/factories/hostile-labels.ts';

type Asked = { target: string; path: string; timeoutMs: number };

const base = { id: 'x', title: 'x', kind: 'http', timeout: 4_000, sentence: 'x' } as const;

function healthStep(change: { targets?: string[]; path?: string } = {}): HttpStep {
  return { ...base, read: 'health', targets: ['api', 'bifrost'], path: '/health', ...change };
}

function metricsStep(change: { target?: string; path?: string } = {}): HttpStep {
  return { ...base, read: 'metrics', target: 'api', path: '/metrics', match: 'connections', ...change };
}

/** Targets by name with their answers; records the requests. */
function probe(answers: Record<string, Partial<HttpAnswer> | string>, page: MetricSample[] = []) {
  const asked: Asked[] = [];
  const http: HttpProbe = {
    has: (target) => Object.hasOwn(answers, target),
    async get(target, path, { timeoutMs }) {
      asked.push({ target, path, timeoutMs });
      const answer = answers[target] ?? 'HTTP_TARGETS does not name it';
      if (typeof answer === 'string') return { kind: 'failed', reason: answer };
      return { kind: 'ok', value: { status: 200, body: '', tookMs: 12, ...answer } };
    },
    async metrics(target, path, _match, { timeoutMs, maxRows }) {
      asked.push({ target, path, timeoutMs });
      return { kind: 'ok', value: { samples: page.slice(0, maxRows), count: page.length } };
    },
  };
  return { http, asked };
}

function context(http: HttpProbe | undefined, labels: Record<string, string> = {}): ReadContext {
  const bounds = { timeoutMs: 4_000, maxRows: 20, maxBytes: 4_096, signal: new AbortController().signal };
  return { source: 'prod', labels, at: 0, probes: http ? { http } : {}, bounds };
}

function reasonOf(answer: ProbeResult<unknown>): string | undefined {
  return answer.kind === 'failed' ? answer.reason : undefined;
}

describe('the health of targets', () => {
  test('has one row per target, the unhealthy first, with the answers and the counts', async () => {
    const { http } = probe({
      api: { body: '{"status":"ok"}' },
      bifrost: { status: 503, body: 'upstream unavailable', tookMs: 3 },
      'market-data-server': 'could not connect: connection refused',
    });

    const answer = await readHttp(
      healthStep({ targets: ['api', 'bifrost', 'market-data-server'] }),
      context(http),
    );

    const bifrost = {
      target: 'bifrost',
      healthy: false,
      status: 503,
      took_ms: 3,
      error: 'HTTP 503: upstream unavailable',
      body: 'upstream unavailable',
    };
    const rows = [
      bifrost,
      {
        target: 'market-data-server',
        healthy: false,
        status: null,
        took_ms: null,
        error: 'could not connect: connection refused',
        body: '',
      },
      { target: 'api', healthy: true, status: 200, took_ms: 12, error: '', body: '{"status":"ok"}' },
    ];
    expect(answer).toEqual({
      kind: 'ok',
      value: {
        result: { rows, first: bifrost, count: 3, unhealthy: 2 },
        evidence: {
          kind: 'table',
          columns: ['target', 'healthy', 'took ms', 'error'],
          rows: [
            ['bifrost', 'false', '3', 'HTTP 503: upstream unavailable'],
            ['market-data-server', 'false', '', 'could not connect: connection refused'],
            ['api', 'true', '12', ''],
          ],
          omitted: 0,
        },
      },
    });
  });

  test.each([
    [204, true, ''],
    [404, false, 'HTTP 404: not here'],
    [500, false, 'HTTP 500: not here'],
  ])('follows from the status %i', async (status, healthy, error) => {
    const { http } = probe({ api: { status, body: 'not here' } });

    const answer = await readHttp(healthStep({ targets: ['api'] }), context(http));

    expect(answer).toMatchObject({ value: { result: { first: { healthy, status, error } } } });
  });

  const page = '<!DOCTYPE html>\n<title>Sign in</title>';

  test.each([
    [{ status: 200, body: page }, 'api (it answered a web page)'],
    [{ status: 302, body: '' }, 'api (HTTP 302: redirects are not followed)'],
  ])('is unknown where a login answers for it: %j', async (answered, named) => {
    const { http } = probe({ api: answered });

    const answer = await readHttp(healthStep({ targets: ['api'] }), context(http));

    expect(answer).toEqual({ kind: 'failed', reason: `no health check answered: ${named}` });
  });

  test('is unknown of one target beside healthy ones, and no all-clear for any', async () => {
    const { http } = probe({ api: { status: 200, body: page }, bifrost: { status: 200, body: 'ok' } });

    const answer = await readHttp(healthStep({ targets: ['api', 'bifrost'] }), context(http));

    const reason = 'no health check answered: api (it answered a web page); healthy: 1 of 2';
    expect(answer).toEqual({ kind: 'failed', reason });
  });

  test('of a target that is down is shown, next to one that is unknown', async () => {
    const { http } = probe({ api: { status: 200, body: page }, bifrost: { status: 503, body: 'down' } });

    const answer = await readHttp(healthStep({ targets: ['api', 'bifrost'] }), context(http));

    expect(answer).toMatchObject({
      kind: 'ok',
      value: {
        result: {
          unhealthy: 2,
          rows: [
            { target: 'api', healthy: false, error: 'it answered a web page' },
            { target: 'bifrost', healthy: false, error: 'HTTP 503: down' },
          ],
        },
      },
    });
  });

  test('contains no HTML page, no credentials, and at most 200 characters of an answer', async () => {
    const { http } = probe({
      api: { status: 502, body: '<html>\n<h1>Bad Gateway</h1>' },
      bifrost: { status: 500, body: `password=hunter2\u202e ${'x'.repeat(5_000)}` },
    });

    const answer = await readHttp(healthStep(), context(http));

    expect(answer).toMatchObject({
      value: {
        result: {
          rows: [
            { error: 'HTTP 502' },
            { error: expect.stringMatching(/^HTTP 500: password=\[redacted\] x+…$/) },
          ],
        },
      },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(JSON.stringify(answer).length).toBeLessThan(2_000);
  });

  test('gives a target less time than the step has', async () => {
    const { http, asked } = probe({ api: {} });

    await readHttp(healthStep({ targets: ['api'] }), context(http));

    expect(asked).toEqual([{ target: 'api', path: '/health', timeoutMs: 3_600 }]);
  });

  test('shows in its row that a target is not configured', async () => {
    const { http } = probe({ api: {} });

    const answer = await readHttp(healthStep(), context(http));

    expect(answer).toMatchObject({
      value: {
        result: { unhealthy: 1, first: { target: 'bifrost', error: 'HTTP_TARGETS does not name it' } },
      },
    });
  });

  test('is unknown if none of the targets is configured', async () => {
    const { http } = probe({ other: {} });

    const answers = [
      await readHttp(healthStep(), context(http)),
      await readHttp(healthStep(), context(undefined)),
    ];

    expect(answers.map(reasonOf)).toEqual([
      'HTTP_TARGETS does not name api, bifrost',
      'HTTP_TARGETS is not set',
    ]);
  });

  test('is requested once from a target that a label names, however often', async () => {
    const { http, asked } = probe({ 'technical-agent': {} });
    const step = healthStep({ targets: ['{{ labels.agent }}', 'technical-agent'] });

    await readHttp(step, context(http, { agent: 'technical-agent' }));

    expect(asked.map(({ target }) => target)).toEqual(['technical-agent']);
  });
});

describe('samples of a metrics page', () => {
  const page = ['active', 'idle', 'max'].map((state, at) => ({
    name: 'database_connections',
    labels: { state, pool: 'a "b"' },
    value: at * 5,
  }));

  test('are rows in the order of the page, with the first value as result.value', async () => {
    const { http, asked } = probe({ api: {} }, page);

    const answer = await readHttp(metricsStep(), context(http));

    expect(asked).toEqual([{ target: 'api', path: '/metrics', timeoutMs: 4_000 }]);
    expect(answer).toMatchObject({
      value: {
        result: {
          count: 3,
          value: 0,
          first: { name: 'database_connections', labels: 'state="active", pool="a \\"b\\""', value: 0 },
          rows: [{ value: 0 }, { value: 5 }, { value: 10 }],
        },
        evidence: { columns: ['name', 'labels', 'value'], omitted: 0 },
      },
    });
  });

  test('are counted beyond the limit', async () => {
    const many = Array.from({ length: 70 }, (_, value) => ({ name: 'connections', labels: {}, value }));
    const { http } = probe({ api: {} }, many);

    const answer = await readHttp(metricsStep(), context(http));

    expect(answer).toMatchObject({ value: { result: { count: 70 }, evidence: { omitted: 50 } } });
    expect(answer.kind === 'ok' && answer.value.result['rows']).toHaveLength(20);
  });

  test('may be absent without a failure', async () => {
    const { http } = probe({ api: {} }, []);

    const answer = await readHttp(metricsStep(), context(http));

    expect(answer).toEqual({
      kind: 'ok',
      value: { result: { rows: [], first: null, count: 0, value: null } },
    });
  });

  test('are unknown for a target that is not configured', async () => {
    const { http, asked } = probe({ bifrost: {} });

    const answer = await readHttp(metricsStep(), context(http));

    expect(reasonOf(answer)).toBe('HTTP_TARGETS does not name api');
    expect(asked).toEqual([]);
  });
});

describe('a label in a path', () => {
  async function pathFor(template: string, labels: Record<string, string>) {
    const { http, asked } = probe({ api: {} });
    const answer = await readHttp(healthStep({ targets: ['api'], path: template }), context(http, labels));
    return asked[0]?.path ?? reasonOf(answer);
  }

  test.each([
    ['technical-agent', '/agents/technical-agent/health'],
    ['BTC/USDT', '/agents/BTC%2FUSDT/health'],
    ['a b?c#d%2f', '/agents/a%20b%3Fc%23d%252f/health'],
    ["'; DROP TABLE x", '/agents/%27%3B%20DROP%20TABLE%20x/health'],
    ['$(id)', '/agents/%24%28id%29/health'],
    ['…', '/agents/%E2%80%A6/health'],
  ])('becomes one encoded segment: %s', async (agent, path) => {
    expect(await pathFor('/agents/{{ labels.agent }}/health', { agent })).toBe(path);
  });

  test.each([
    ['', '"" cannot be a part of a path'],
    ['.', '"." cannot be a part of a path'],
    ['..', '".." cannot be a part of a path'],
    ['x'.repeat(10_000), `"${'x'.repeat(59)}…" cannot be a part of a path`],
  ])('is refused if it cannot be a segment: %.20s', async (agent, reason) => {
    expect(await pathFor('/agents/{{ labels.agent }}/health', { agent })).toBe(reason);
  });

  test('cannot form a parent segment with the text around it', async () => {
    expect(await pathFor('/a/.{{ labels.x }}/b', { x: '.' })).toBe('"." cannot be a part of a path');
    expect(await pathFor('/a/{{ labels.x }}{{ labels.x }}/b', { x: '.' })).toBe(
      '"." cannot be a part of a path',
    );
  });

  test('sends no request if the alert lacks it', async () => {
    expect(await pathFor('/agents/{{ labels.agent }}', {})).toBe(
      'the alert lacks a label that the path needs',
    );
  });

  test('never changes the number of segments, and decodes to the same value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }), async (value) => {
        fc.pre(value !== '.' && value !== '..');

        const path = await pathFor('/agents/{{ labels.agent }}/health', { agent: value });

        const { pathname, host, search, hash } = new URL(`http://api:8080${path}`);
        const segments = pathname.split('/');
        expect([host, search, hash]).toEqual(['api:8080', '', '']);
        expect(segments).toEqual(['', 'agents', expect.any(String), 'health']);
        expect(decodeURIComponent(segments[2] ?? '')).toBe(value.toWellFormed());
      }),
    );
  });
});

describe('a label as a target', () => {
  test.each(hostileLabels)('sends no request unless it is a name: %s', async (_what, value) => {
    const { http, asked } = probe({ api: {} });
    const labels = { agent: value };

    const answers = [
      await readHttp(healthStep({ targets: ['api', '{{ labels.agent }}'] }), context(http, labels)),
      await readHttp(metricsStep({ target: '{{ labels.agent }}' }), context(http, labels)),
    ];

    for (const answer of answers) expect(reasonOf(answer)).toMatch(/ is not the name of a target$/);
    for (const answer of answers) expect(reasonOf(answer)?.length).toBeLessThan(100);
    expect(asked).toEqual([]);
  });

  test('sends no request if the alert lacks it', async () => {
    const { http } = probe({ api: {} });

    const answer = await readHttp(metricsStep({ target: '{{ labels.agent }}' }), context(http));

    expect(reasonOf(answer)).toBe('the alert lacks a label that the target needs');
  });
});
