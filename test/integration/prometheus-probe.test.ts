import { afterEach, describe, expect, test } from 'vitest';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const AT = Date.UTC(2026, 10, 24, 3, 12);

afterEach(stopServing);

describe('Prometheus', () => {
  test('an instant query returns each sample with its labels, also numbers that JSON lacks', async () => {
    const { urls, forms } = await prometheus({
      resultType: 'vector',
      result: [
        { metric: { service: 'api' }, value: [1764000000.5, '0.25'] },
        { metric: { service: 'web' }, value: [1764000000.5, '+Inf'] },
        { metric: { service: 'idle' }, value: [1764000000.5, 'NaN'] },
      ],
    });

    const answer = await createPrometheusProbe({ urls }).instant(
      'prod',
      'rate(x{a="b"}[5m])',
      AT,
      readBounds(),
    );

    expect(answer).toEqual({
      kind: 'ok',
      value: [
        { labels: { service: 'api' }, value: 0.25 },
        { labels: { service: 'web' }, value: Infinity },
        { labels: { service: 'idle' }, value: Number.NaN },
      ],
    });
    expect(forms).toEqual([
      { path: '/api/v1/query', query: 'rate(x{a="b"}[5m])', time: '1795489920', timeout: '60000ms' },
    ]);
  });

  test('a bare number is a sample without labels', async () => {
    const { urls } = await prometheus({ resultType: 'scalar', result: [1764000000, '4'] });

    const answer = await createPrometheusProbe({ urls }).instant('prod', '4', AT, readBounds());

    expect(answer).toEqual({ kind: 'ok', value: [{ labels: {}, value: 4 }] });
  });

  test('a range returns points in milliseconds, oldest first', async () => {
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

    const answer = await createPrometheusProbe({ urls }).range('prod', 'up', window, readBounds());

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

  test("a mistake in a query is reported in Prometheus' words", async () => {
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
      readBounds(),
    );

    expect(answer).toEqual({ kind: 'failed', reason: 'HTTP 400: invalid parameter "query": parse error' });
  });

  test('a source with an address of its own uses it, any other the common one', async () => {
    const own = await prometheus({ resultType: 'scalar', result: [0, '1'] });
    const common = await prometheus({ resultType: 'scalar', result: [0, '2'] });
    const probe = createPrometheusProbe({
      urls: { anySource: common.urls.anySource, bySource: { staging: own.urls.anySource } },
    });

    const answers = await Promise.all(
      ['staging', 'prod', 'constructor'].map((source) => probe.instant(source, 'up', AT, readBounds())),
    );

    expect(answers.map((answer) => answer.kind === 'ok' && answer.value[0]?.value)).toEqual([1, 2, 2]);
  });

  test('of two replicas, one answer is enough', async () => {
    const dead = await serve((_request, response) => response.writeHead(503).end());
    const { urls } = await prometheus({ resultType: 'scalar', result: [0, '1'] });
    const probe = createPrometheusProbe({ urls: { anySource: [dead, ...urls.anySource], bySource: {} } });

    const answer = await probe.instant('prod', 'up', AT, readBounds());

    expect(answer.kind).toBe('ok');
  });

  test('a source without an address is reported with the variable that lacks it', async () => {
    const probe = createPrometheusProbe({
      urls: { anySource: [], bySource: { staging: ['http://127.0.0.1:1'] } },
    });

    const answer = await probe.instant('prod', 'up', AT, readBounds());

    expect(answer).toEqual({ kind: 'failed', reason: 'PROMETHEUS_URL has no address for prod' });
  });
});

/** A server that gives every query this answer, and records the queries. */
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
