import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type RunningLocalPrometheus,
  startLocalPrometheus,
} from '../../infra/local/prometheus/local-prometheus.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 12);

let temporary: string;

beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'local-prometheus-test-'));
  vi.stubEnv('TMPDIR', temporary);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true, force: true });
});

describe('without Prometheus on this machine', () => {
  let prometheus: RunningLocalPrometheus;

  beforeAll(async () => {
    prometheus = await startLocalPrometheus({ path: '', now: () => NOW });
  });

  afterAll(() => prometheus?.close());

  async function ask(path: string, init?: RequestInit): Promise<[number, unknown]> {
    const response = await fetch(`${prometheus.url}${path}`, init);
    return [response.status, await response.json()];
  }

  test('a stand-in answers, and says that it is one', async () => {
    const ready = await fetch(`${prometheus.url}/-/ready`);

    expect(prometheus.says).toBe(`stand-in at ${prometheus.url} (prometheus and promtool are not on PATH)`);
    expect(ready.status).toBe(200);
  });

  test('it accepts a query in the address or in a form, and a time in seconds or as a date', async () => {
    const query = 'cryptofunk_database_connections_idle';
    const anHourAgo = new Date(NOW - 3_600_000).toISOString();
    const form = new URLSearchParams({ query, time: String(NOW / 1_000 - 3_600) });

    const answers = [
      await ask(`/api/v1/query?query=${query}`),
      await ask(`/api/v1/query?query=${query}&time=${anHourAgo}`),
      await ask('/api/v1/query', { method: 'POST', body: form }),
    ];

    const metric = { __name__: query, instance: 'api:8080', job: 'api' };
    const found = (at: number, value: string) => [
      200,
      { status: 'success', data: { resultType: 'vector', result: [{ metric, value: [at, value] }] } },
    ];
    expect(answers).toEqual([
      found(NOW / 1_000, '0'),
      found(NOW / 1_000 - 3_600, '6'),
      found(NOW / 1_000 - 3_600, '6'),
    ]);
  });

  test('it returns a scalar, a number that JSON has not, and a range', async () => {
    const range = `start=${NOW / 1_000 - 60}&end=${NOW / 1_000}&step=30s`;

    const answers = [
      await ask('/api/v1/query?query=1'),
      await ask('/api/v1/query?query=vector(-1)/0'),
      await ask(`/api/v1/query_range?query=vector(0)/0&${range}`),
    ];

    const at = NOW / 1_000;
    expect(answers.map(([, body]) => body)).toMatchObject([
      { data: { resultType: 'scalar', result: [at, '1'] } },
      { data: { resultType: 'vector', result: [{ metric: {}, value: [at, '-Inf'] }] } },
      {
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: {},
              values: [
                [at - 60, 'NaN'],
                [at - 30, 'NaN'],
                [at, 'NaN'],
              ],
            },
          ],
        },
      },
    ]);
  });

  test.each([
    ['/api/v1/query?query=sum(', 400, 'bad_data', /^invalid parameter "query": 1:5: parse error/],
    ['/api/v1/query', 400, 'bad_data', /unexpected end of input/],
    ['/api/v1/query?query=up&time=soon', 400, 'bad_data', /time is no time/],
    ['/api/v1/query?query=ln(up)', 422, 'execution', /does not know the function ln/],
    ['/api/v1/query_range?query=up&start=1&end=2&step=0', 400, 'bad_data', /do not make a range/],
    ['/api/v1/query_range?query=up&start=1&end=20000&step=1', 400, 'bad_data', /more than 11000 points/],
  ])('it says what is wrong as Prometheus does: %s', async (path, status, errorType, error) => {
    const answer = await ask(path);

    expect(answer).toEqual([status, { status: 'error', errorType, error: expect.stringMatching(error) }]);
  });

  test('it has no other routes', async () => {
    const { status } = await fetch(`${prometheus.url}/api/v1/targets`);

    expect(status).toBe(404);
  });
});

test('a real Prometheus that cannot start is reported and replaced, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  for (const program of ['prometheus', 'promtool']) {
    writeFileSync(join(folder, program), '#!/bin/sh\necho "unexpected error: no space left" >&2\nexit 1\n');
    chmodSync(join(folder, program), 0o755);
  }

  const prometheus = await startLocalPrometheus({ path: `/nowhere:${folder}`, now: () => NOW });
  await prometheus.close();

  rmSync(folder, { recursive: true });
  expect(prometheus.says).toContain('(the real one could not be started: unexpected error: no space left)');
  expect(readdirSync(temporary)).toEqual([]);
  await expect(fetch(prometheus.url)).rejects.toThrow('fetch failed');
});
