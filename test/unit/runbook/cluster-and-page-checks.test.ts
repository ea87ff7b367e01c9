import { describe, expect, test } from 'vitest';
import { evaluateFinding } from '../../../lib/core/diagnosis/checks/evaluate-finding.ts';
import type { CelVariables } from '../../../lib/core/diagnosis/expressions/cel.ts';
import type { Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import { ourRunbooks } from '../../support/factories/our-runbooks.ts';

// The runbooks' findings from pods, logs, health pages and metrics, in the shape
// in which expressions get them.

function evaluate(alertname: string, stepId: string, result: CelVariables): Finding {
  const step = findRunbook(ourRunbooks, alertname).diagnostics.find(({ id }) => id === stepId);
  if (step === undefined) throw new Error(`${alertname} has no check ${stepId}`);
  return evaluateFinding(step, { kind: 'ok', value: { result } }, {}, 0);
}

function table(rows: object[], more: CelVariables = {}): CelVariables {
  return { rows, first: rows[0] ?? null, count: rows.length, ...more };
}

function log(read: number, ...lines: string[]): CelVariables {
  return table(
    lines.map((line) => ({ line })),
    { lines, read, last: lines.at(-1) ?? null, pods: ['api-5d8f9c7b46-q7w2m'] },
  );
}

function metrics(...samples: [string, string, number][]): CelVariables {
  const rows = samples.map(([name, labels, value]) => ({ name, labels, value }));
  return table(rows, { value: rows[0]?.value ?? null });
}

function apiPod(change: object = {}): object {
  return { pod: 'api-1', ready: true, status: 'Running', restarts: 0, age_seconds: 260_000, ...change };
}

const missingType = 'ERROR vector search failed: type "vector" does not exist';
const otherSize = 'ERROR dimension mismatch: expected 1536, got 768';
const timeout = 'ERROR context deadline exceeded (timeout) in similar decisions';
const found = 'INFO vector search returned 10 rows';
const noIdle = metrics(
  ['database_connections', 'state="active"', 10],
  ['database_connections', 'state="idle"', 0],
  ['database_connections', 'state="max"', 10],
);
const someIdle = metrics(
  ['cryptofunk_database_connections_active', '', 4],
  ['cryptofunk_database_connections_idle', '', 6],
);

describe('a check of logs', () => {
  test.each([
    [
      'VectorSearchHighLatency',
      'api_log',
      log(100, found, missingType),
      `2 of the api's last 100 log lines are about vector searches, the last: ${missingType}`,
    ],
    [
      'VectorSearchCriticalLatency',
      'api_log',
      log(50, missingType, timeout),
      `2 of the api's last 50 log lines are errors or timeouts, the last: ${timeout}`,
    ],
    [
      'VectorSearchHighErrorRate',
      'api_log',
      log(200, found, otherSize),
      `2 of the api's last 200 log lines are errors or about vectors, the last: ${otherSize}`,
    ],
    [
      'VectorSearchHighErrorRate',
      'dimension_log',
      log(100, otherSize),
      `1 line about dimensions in the api's last 100, the last: ${otherSize}`,
    ],
    [
      'VectorSearchCriticalErrorRate',
      'api_log',
      log(50, missingType),
      `1 of the api's last 50 log lines are failed vector searches, the last: ${missingType}`,
    ],
    [
      'VectorSearchNoOperations',
      'routes',
      log(812, 'INFO route registered GET /api/v1/positions'),
      '1 log line about routes since the api started, none of them about /decisions/similar',
    ],
    [
      'DiskSpaceWarning',
      'failed_writes',
      log(200, 'ERROR: could not extend file "base/5/16384": No space left on device'),
      'PostgreSQL already fails to write: ERROR: could not extend file "base/5/16384": No space left on device',
    ],
  ])('needs attention: %s, %s', (alertname, stepId, result, sentence) => {
    const finding = evaluate(alertname, stepId, result);

    expect(finding).toMatchObject({ verdict: 'attention', sentence });
  });

  test.each([
    [
      'VectorSearchHighLatency',
      'api_log',
      log(100, found),
      "1 of the api's last 100 log lines are about vector searches",
    ],
    [
      'VectorSearchHighLatency',
      'api_log',
      log(0),
      "0 of the api's last 0 log lines are about vector searches",
    ],
    [
      'VectorSearchCriticalLatency',
      'api_log',
      log(50),
      "no error and no timeout in the api's last 50 log lines",
    ],
    ['VectorSearchHighErrorRate', 'api_log', log(200, found), "no error among the api's last 200 log lines"],
    [
      'VectorSearchHighErrorRate',
      'dimension_log',
      log(100),
      "no line about dimensions in the api's last 100",
    ],
    [
      'VectorSearchCriticalErrorRate',
      'api_log',
      log(50),
      "no failed vector search in the api's last 50 log lines",
    ],
    [
      'VectorSearchNoOperations',
      'routes',
      log(900, 'INFO route registered POST /api/v1/decisions/similar'),
      'the route /decisions/similar is registered',
    ],
    ['VectorSearchNoOperations', 'routes', log(5_000), "the api's log no longer reaches back to its start"],
    ['DiskSpaceWarning', 'failed_writes', log(200), 'PostgreSQL has not failed to write yet'],
  ])('is normal: %s, %s', (alertname, stepId, result, sentence) => {
    const finding = evaluate(alertname, stepId, result);

    expect(finding).toMatchObject({ verdict: 'normal', sentence });
  });
});

describe('a check of pods', () => {
  test.each([
    [table([apiPod()], { not_ready: 0 }), 'normal', '1 api pod ready, none younger than 2 h'],
    [
      table([apiPod({ age_seconds: 2_460 }), apiPod({ pod: 'api-2' })], { not_ready: 0 }),
      'attention',
      'the api was deployed within 2 h: api-1 runs for 41 m 00 s',
    ],
    [
      table([apiPod({ ready: false, status: 'CrashLoopBackOff' }), apiPod()], { not_ready: 1 }),
      'attention',
      '1 of 2 api pods not ready: api-1, CrashLoopBackOff',
    ],
    [table([], { not_ready: 0 }), 'attention', 'the api has no pod'],
  ])('of VectorSearchNoOperations shows when the api was deployed (%#)', (result, verdict, sentence) => {
    const finding = evaluate('VectorSearchNoOperations', 'deployment', result);

    expect(finding).toMatchObject({ verdict, sentence });
  });

  const used = { pod: 'postgres-1', container: 'postgres', cpu_millicores: 940, memory_bytes: 1.72e9 };

  test.each<[object[], string, string]>([
    [
      [{ ...used, cpu_percent: 94, memory_percent: 80 }],
      'attention',
      'postgres uses 940 millicores (94 % of its limit) and 1.6 GiB (80 % of its limit)',
    ],
    [
      [{ ...used, cpu_percent: null, memory_percent: 93.5 }],
      'attention',
      'postgres uses 940 millicores and 1.6 GiB (93.5 % of its limit)',
    ],
    [[{ ...used, cpu_percent: null, memory_percent: null }], 'normal', 'postgres uses 940 millicores'],
    [[], 'normal', 'no usage of postgres was measured'],
  ])('of VectorSearchSlowWithHighConnections shows what PostgreSQL uses (%#)', (rows, verdict, sentence) => {
    const finding = evaluate('VectorSearchSlowWithHighConnections', 'usage', table(rows));

    expect(finding).toMatchObject({ verdict, sentence });
  });
});

describe('a check of pages', () => {
  test.each([
    [
      table([{ target: 'api', healthy: true, status: 200, took_ms: 14, error: '', output: 'ok' }], {
        unhealthy: 0,
      }),
      'normal',
      'the api says that it is healthy (14 ms)',
    ],
    [
      table(
        [
          {
            target: 'api',
            healthy: false,
            status: null,
            took_ms: null,
            error: 'connection refused',
            output: '',
          },
        ],
        { unhealthy: 1 },
      ),
      'attention',
      'the api is not healthy: connection refused',
    ],
  ])('of VectorSearchNoOperations shows the health of the api (%#)', (result, verdict, sentence) => {
    const finding = evaluate('VectorSearchNoOperations', 'api_health', result);

    expect(finding).toMatchObject({ verdict, sentence });
  });

  test.each(['VectorSearchHighErrorRate', 'DatabaseConnectionPoolExhausted'])(
    "%s reads the api's own count of connections",
    (alertname) => {
      const [bad, good, none] = [noIdle, someIdle, metrics()].map((result) =>
        evaluate(alertname, 'pool_metrics', result),
      );

      expect(bad).toMatchObject({
        verdict: 'attention',
        sentence:
          'the api itself counts no idle connection: state="active" 10, state="idle" 0, state="max" 10',
      });
      expect(good).toMatchObject({
        verdict: 'normal',
        sentence:
          'the api counts cryptofunk_database_connections_active 4, cryptofunk_database_connections_idle 6',
      });
      expect(none).toMatchObject({
        verdict: 'normal',
        sentence: "the api's metrics say nothing of connections",
      });
    },
  );
});
