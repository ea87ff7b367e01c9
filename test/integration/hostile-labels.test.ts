import { parser as promqlParser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeEach, describe, expect } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import { textOf } from '../../infra/local/prometheus/promql/literals.ts';
import { createAlertmanagerProbe } from '../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import type { Probes } from '../../lib/core/diagnosis/checks/reading.ts';
import { runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import type { Step } from '../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { runbook } from '../support/factories/catalog.ts';
import { hostileLabels } from '../support/factories/hostile-labels.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { serve, stopServing } from '../support/servers/serve.ts';
import { withAdmin } from '../support/servers/with-admin.ts';
import { test } from '../support/vitest/with-database.ts';

type Asked = { method: string; url: string; body: string; headers: string[] };

let postgres: LocalPostgres;
let sql: ReturnType<typeof createPostgresProbe>;
let url: string;
let asked: Asked[] = [];

test.beforeAll(async ({ server }) => {
  postgres = await startLocalPostgres({ server, trouble: false });
  sql = createPostgresProbe({ connectionString: postgres.connectionString });
  url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', url: path = '', rawHeaders: headers } = request;
      asked.push({ method, url: path, body, headers });
      response.setHeader('content-type', 'application/json');
      response.end(
        path.startsWith('/api/v2') ? '[]' : '{"status":"success","data":{"resultType":"vector","result":[]}}',
      );
    });
  });
});

beforeEach(() => {
  asked = [];
});

afterAll(async () => {
  await sql.release();
  await postgres.close();
  await stopServing();
});

function diagnose(step: Step, value: string, probes: Probes) {
  return runDiagnosis({
    runbook: runbook({ diagnostics: [step], labels: ['service'] }),
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'prod',
    alerts: [
      {
        fingerprint: 'a',
        labels: { alertname: 'X', service: value },
        annotations: {},
        generatorURL: '',
        startsAt: 0,
      },
    ],
    probes,
    clock: systemClock,
    deadline: HOUR,
  });
}

const base = { id: 'step', title: 'step', timeout: MINUTE };

describe.each(hostileLabels)('a label that holds %s', (_name, value) => {
  test('is a value for PostgreSQL, whole and nothing else', async () => {
    const step: Step = {
      ...base,
      kind: 'sql',
      query: 'SELECT octet_length($1)::int AS length, md5($1) AS hash, count(*)::int AS orders FROM orders',
      params: ['labels.service'],
      sentence: '{{ result.first.length }} {{ result.first.hash }} {{ result.first.orders > 0 }}',
    };
    const before = await statements();

    const { findings } = await diagnose(step, value, { sql });

    const output = await sql.query('SELECT md5($1) AS hash', [value], readBounds());
    const hash = output.kind === 'ok' ? output.value.rows[0]?.[0] : undefined;
    // No text in PostgreSQL can hold a zero byte, so that value is not sent at all.
    const expected = value.includes('\0')
      ? 'query failed: invalid byte'
      : `${Buffer.byteLength(value)} ${hash} true`;
    expect(findings[0]?.sentence).toContain(expected);
    // The server has run the runbook's statement, and no other that writes or holds the value.
    const added = (await statements()).filter((text) => !before.includes(text));
    expect(added.filter((text) => /\b(DROP|DELETE|INSERT)\b/i.test(text) || text.includes(value))).toEqual(
      [],
    );
  });

  test('is the content of one string for Prometheus', async () => {
    const step: Step = {
      ...base,
      kind: 'promql',
      query: 'sum(rate(http_requests_total{service="{{ labels.service }}"}[5m]))',
      sentence: '{{ result.count }} found',
    };

    await diagnose(step, value, {
      prometheus: createPrometheusProbe({ urls: { anySource: [url], bySource: {} } }),
    });

    const [request, ...more] = asked;
    const query = new URLSearchParams(request?.body).get('query') ?? '';
    expect(more).toEqual([]);
    expect(request).toMatchObject({ method: 'POST', url: '/api/v1/query' });
    expect(shapeOf(query)).toEqual(shapeOf('sum(rate(http_requests_total{service="harmless"}[5m]))'));
    expect(stringsOf(query)).toEqual([value.toWellFormed()]);
  });

  test('does not reach Alertmanager at all', async () => {
    const step: Step = {
      ...base,
      kind: 'alertmanager',
      match: { service: '{{ labels.service }}' },
      sentence: '{{ result.count }} found',
    };

    const { findings } = await diagnose(step, value, {
      alertmanager: createAlertmanagerProbe({ urls: { anySource: [url], bySource: {} } }),
    });

    expect(asked.map(({ method, url: path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/v2/alerts', ''],
    ]);
    expect(JSON.stringify(asked)).not.toContain(JSON.stringify(value).slice(1, -1));
    expect(findings[0]?.sentence).toBe('0 found');
  });
});

function statements(): Promise<string[]> {
  return withAdmin(postgres, async (client) => {
    const { rows } = await client.query<{ query: string }>('SELECT query FROM pg_stat_statements');
    return rows.map(({ query }) => query);
  });
}

/** The nodes of a query in order: its structure, whatever its strings hold. */
function shapeOf(query: string): string[] {
  const nodes: string[] = [];
  promqlParser.parse(query).iterate({ enter: ({ name }) => void nodes.push(name) });
  return nodes;
}

/** The contents of a query's strings, as Prometheus reads them. */
function stringsOf(query: string): string[] {
  const strings: string[] = [];
  promqlParser.parse(query).iterate({
    enter({ name, from, to }) {
      if (name === 'StringLiteral') strings.push(textOf(query.slice(from, to)));
    },
  });
  return strings;
}
