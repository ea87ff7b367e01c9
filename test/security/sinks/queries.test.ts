import { createHash } from 'node:crypto';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../../infra/local/postgres/postgres.ts';
import { textOf } from '../../../infra/local/prometheus/promql/literals.ts';
import { createAlertmanagerProbe } from '../../../lib/adapters/alertmanager/alertmanager-probe.ts';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { createHttpProbe } from '../../../lib/adapters/http/http-probe.ts';
import { createKubernetesProbe } from '../../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../../lib/adapters/prometheus/prometheus-probe.ts';
import type { Probes } from '../../../lib/core/diagnosis/checks/reading.ts';
import type { Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import { runDiagnosis } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import type { Step } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { runbook } from '../../support/factories/catalog.ts';
import { serve, stopServing } from '../../support/servers/serve.ts';
import { withAdmin } from '../../support/servers/with-admin.ts';
import { test } from '../../support/vitest/with-database.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { payloads } from '../payloads/payloads.ts';

// A label goes through a runbook's step to the server that would execute it; what arrived there is compared.

type Asked = { method: string; url: string; body: string; headers: Record<string, unknown> };

let postgres: LocalPostgres;
let sql: ReturnType<typeof createPostgresProbe>;
let url: string;
let asked: Asked[] = [];

test.beforeAll(async ({ server }) => {
  postgres = await startLocalPostgres({ server, trouble: false });
  sql = createPostgresProbe({ connectionString: postgres.connectionString });
});

beforeAll(async () => {
  url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      asked.push({ method, url: path, body, headers });
      response.setHeader('content-type', 'application/json');
      response.end(answerTo(path));
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

function answerTo(path: string): string {
  if (path.startsWith('/api/v2')) return '[]';
  if (path.startsWith('/api/v1/query')) {
    return '{"status":"success","data":{"resultType":"vector","result":[]}}';
  }
  return '{"kind":"PodList","apiVersion":"v1","items":[]}';
}

async function findingOf(step: Step, value: string | string[], probes: Probes): Promise<Finding> {
  asked = [];
  const labels =
    typeof value === 'string'
      ? { service: value }
      : Object.fromEntries(value.map((each, index) => [`service_${index + 1}`, each]));
  const alert = { fingerprint: 'a', annotations: {}, generatorURL: '', startsAt: 0 };
  const { findings } = await runDiagnosis({
    runbook: runbook({ diagnostics: [step], labels: Object.keys(labels) }),
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'prod',
    alerts: [{ ...alert, labels: { alertname: 'X', ...labels } }],
    probes,
    clock: systemClock,
    deadline: HOUR,
  });
  const [finding] = findings;
  if (finding === undefined) throw new Error('there is no finding');
  return finding;
}

const base = { id: 'step', title: 'step', timeout: MINUTE };
const sentence = '{{ result.count }} found';

/** Rows of one answer: a diagnosis opens a connection of its own, so one value each would measure connecting. */
const AT_ONCE = 20;

test('SQL: PostgreSQL gets each text whole, as the value of a parameter', async () => {
  // No text in PostgreSQL can hold a zero byte, so such a value is not sent at all.
  const [sendable, refused] = [false, true].map((zero) =>
    payloads.filter(({ text }) => text.includes('\0') === zero),
  );
  const before = await statements();

  const escapes: string[] = [];
  for (let at = 0; at < (sendable ?? []).length; at += AT_ONCE) {
    const texts = (sendable ?? []).slice(at, at + AT_ONCE).map(({ text }) => text);
    const { evidence } = await findingOf(hashingStep(texts.length), texts, { sql });
    const rows = evidence?.kind === 'table' ? evidence.rows : [];
    const arrived = rows.map(([, bytes, hash]) => `${bytes} ${hash}`);
    escapes.push(...texts.filter((text, index) => arrived[index] !== measured(text)));
  }
  const unsent = await findEscapes(async (text) => {
    const finding = await findingOf(hashingStep(1), [text], { sql });
    expect(finding.sentence).toContain('query failed: invalid byte');
  }, refused);

  expect([escapes, unsent]).toEqual([[], []]);
  // Each number of parameters made one statement, whatever the values were: none of them became a part of one.
  const added = (await statements()).filter((each) => !before.includes(each));
  expect(added.filter((each) => each.includes('md5')).length).toBeLessThanOrEqual(2);
  expect(added.filter((each) => /DROP TABLE|pg_sleep|UNION/i.test(each))).toEqual([]);
  expect(await countOrders()).toBeGreaterThan(0);
});

function hashingStep(count: number): Step {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const rows = numbers.map((n) => `(${n}, octet_length($${n}), md5($${n}))`);
  return {
    ...base,
    kind: 'sql',
    query: `SELECT * FROM (VALUES ${rows.join(', ')}) AS given(n, bytes, hash) ORDER BY n`,
    params: numbers.map((n) => `labels.service_${n}`),
    sentence,
  };
}

/** What PostgreSQL says of the text when it has arrived. The driver sends UTF-8. */
function measured(text: string): string {
  const bytes = Buffer.from(text);
  return `${bytes.length} ${createHash('md5').update(bytes).digest('hex')}`;
}

test('PromQL: Prometheus gets each text as the content of one string', async () => {
  const step: Step = {
    ...base,
    kind: 'promql',
    query: 'sum(rate(http_requests_total{service="{{ labels.service }}"}[5m]))',
    sentence,
  };
  const prometheus = createPrometheusProbe({ urls: { anySource: [url], bySource: {} } });
  const shape = shapeOf('sum(rate(http_requests_total{service="harmless"}[5m]))');

  const escapes = await findEscapes(async (text) => {
    await findingOf(step, text, { prometheus });

    const [request, ...more] = asked;
    const query = new URLSearchParams(request?.body).get('query') ?? '';
    expect(more).toEqual([]);
    expect(request).toMatchObject({ method: 'POST', url: '/api/v1/query' });
    expect(shapeOf(query)).toEqual(shape);
    expect(stringsOf(query)).toEqual([text.toWellFormed()]);
  });

  expect(escapes).toEqual([]);
});

test('Alertmanager: no text reaches it', async () => {
  const step: Step = { ...base, kind: 'alertmanager', match: { service: '{{ labels.service }}' }, sentence };
  const alertmanager = createAlertmanagerProbe({ urls: { anySource: [url], bySource: {} } });

  const escapes = await findEscapes(async (text) => {
    const finding = await findingOf(step, text, { alertmanager });

    expect(asked.map(({ method, url: path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/v2/alerts', ''],
    ]);
    expect(finding.sentence).toBe('0 found');
  });

  expect(escapes).toEqual([]);
});

test('URLs: each text is one segment of the path of a configured host, or is not sent', async () => {
  const step: Step = {
    ...base,
    kind: 'http',
    read: 'health',
    targets: ['api'],
    path: '/services/{{ labels.service }}/health',
    sentence,
  };
  const http = createHttpProbe({ targets: new Map([['api', `${url}/base`]]) });
  let sent = 0;

  const escapes = await findEscapes(async (text) => {
    await findingOf(step, text, { http });

    expect(asked.length).toBeLessThanOrEqual(1);
    for (const { method, url: path, headers, body } of asked) {
      sent += 1;
      expect([method, body, headers['host']]).toEqual(['GET', '', new URL(url).host]);
      // As a server reads it, and as one does that resolves dots and escapes first.
      expect(path.split('/')).toEqual(['', 'base', 'services', expect.any(String), 'health']);
      expect(decodeURIComponent(path.split('/')[3] ?? '')).toBe(text.toWellFormed());
      expect(new URL(path, url).pathname).toBe(path);
      expect(path).toMatch(/^[\w/%.~-]+$/);
    }
  });

  expect(escapes).toEqual([]);
  expect(sent).toBeGreaterThan(500);
});

test('URLs: the name of a target is one that is configured, or nothing is asked', async () => {
  const step: Step = {
    ...base,
    kind: 'http',
    read: 'health',
    targets: ['{{ labels.service }}', 'api'],
    path: '/health',
    sentence,
  };
  const http = createHttpProbe({ targets: new Map([['api', url]]) });

  const escapes = await findEscapes(async (text) => {
    await findingOf(step, text, { http });

    for (const request of asked) expect(request).toMatchObject({ url: '/health', method: 'GET' });
  });

  expect(escapes).toEqual([]);
});

test('Kubernetes: a text is a valid name in its own place of the path, or is not sent', async () => {
  const kubernetes = createKubernetesProbe({ url });
  const scopes = [
    { namespace: '{{ labels.service }}' },
    { namespace: 'cryptofunk', pod: '{{ labels.service }}' },
    { namespace: 'cryptofunk', deployment: '{{ labels.service }}' },
    { namespace: 'cryptofunk', selector: 'app={{ labels.service }},tier!=test' },
  ];
  let sent = 0;

  const escapes = await findEscapes(async (text) => {
    for (const scope of scopes) {
      await findingOf({ ...base, kind: 'kubernetes', read: 'pods', ...scope, sentence }, text, {
        kubernetes,
      });

      sent += asked.length;
      for (const request of asked)
        expect([request.method, request.url]).toEqual(['GET', pathOf(scope, text)]);
    }
  });

  expect(escapes).toEqual([]);
  expect(sent).toBeGreaterThan(10);
});

/** The path of a value that needs no escaping; a value that needs it is no name. */
function pathOf(scope: { pod?: string; deployment?: string; selector?: string }, text: string): string {
  expect(text).toMatch(/^[a-zA-Z0-9]([-a-zA-Z0-9_.]*[a-zA-Z0-9])?$/);
  if (scope.pod !== undefined) return `/api/v1/namespaces/cryptofunk/pods/${text}`;
  if (scope.deployment !== undefined) return `/apis/apps/v1/namespaces/cryptofunk/deployments/${text}`;
  if (scope.selector === undefined) return `/api/v1/namespaces/${text}/pods`;
  const query = new URLSearchParams({ labelSelector: `app=${text},tier!=test` });
  return `/api/v1/namespaces/cryptofunk/pods?${query.toString()}`;
}

test('meets names that are valid, so that the checks of what is sent are not empty', () => {
  expect(payloads.filter(({ text }) => /^[a-z0-9.]+$/.test(text)).length).toBeGreaterThan(2);
});

function countOrders(): Promise<number> {
  return withAdmin(postgres, async (client) => {
    const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM orders');
    return rows[0]?.n ?? 0;
  });
}

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
