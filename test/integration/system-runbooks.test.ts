import { afterAll, beforeEach, describe, expect } from 'vitest';
import { commandsOf, findingOf, stepIds } from '../support/assertions/diagnosis-parts.ts';
import { unreadable } from '../support/assertions/unreadable.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { type SampleWorld, startSampleWorld } from '../support/servers/sample-world.ts';
import { test } from '../support/vitest/with-database.ts';

let world: SampleWorld;

test.beforeAll(async ({ server }) => {
  world = await startSampleWorld({ server });
});

beforeEach(() => world.keepFresh());

afterAll(() => world?.close());

describe('CircuitBreakerOpen', () => {
  const own: Record<string, string[]> = {
    exchange: ['exchange_log', 'rejected_orders', 'exchange_health'],
    llm: ['llm_log', 'llm_health', 'llm_decisions'],
    database: ['database_log', 'database', 'database_disk'],
  };
  const common = ['state', 'failing', 'failures', 'successes', 'alerts'];

  test.each(['exchange', 'llm', 'database'])('runs the checks of %s by the label', async (service) => {
    const diagnosis = await runChecks(world, 'CircuitBreakerOpen', { labels: [{ service }] });

    expect(stepIds(diagnosis).toSorted()).toEqual([...common, ...(own[service] ?? [])].toSorted());
  });

  test('runs those of all services that fire, and of no other', async () => {
    const both = await runChecks(world, 'CircuitBreakerOpen', {
      labels: [{ service: 'exchange' }, { service: 'llm' }],
    });
    const other = await runChecks(world, 'CircuitBreakerOpen', { labels: [{ service: 'redis' }] });

    expect(stepIds(both)).toEqual(
      expect.arrayContaining([...(own['exchange'] ?? []), ...(own['llm'] ?? [])]),
    );
    expect(stepIds(both)).not.toContain('database_log');
    expect(stepIds(other).toSorted()).toEqual(common.toSorted());
  });

  test('names the open breakers, the share of failures, and the cause', async () => {
    const exchange = await runChecks(world, 'CircuitBreakerOpen', { labels: [{ service: 'exchange' }] });
    const llm = await runChecks(world, 'CircuitBreakerOpen', { labels: [{ service: 'llm' }] });
    const database = await runChecks(world, 'CircuitBreakerOpen', { labels: [{ service: 'database' }] });

    expect(findingOf(exchange, 'state').sentence).toBe('2 of 3 circuit breakers open: exchange, llm');
    expect(findingOf(exchange, 'failing').sentence).toBe(
      '71 % of the calls to llm failed in the last 5 min, 38 % to exchange',
    );
    expect(findingOf(exchange, 'rejected_orders').sentence).toMatch(
      /^14 of \d\d orders rejected in 15 min, all for: exchange: 429 too many requests \(the last .+ ago\)$/,
    );
    expect(findingOf(exchange, 'exchange_log').sentence).toMatch(
      /^\d+ errors in the last 100 lines of the order executor; the newest: .*exchange: (429 too many requests|API key rejected)/,
    );
    expect(findingOf(exchange, 'alerts').sentence).toMatch(
      /^2 CircuitBreakerOpen alerts at Alertmanager, the oldest for 14 m 00 s$/,
    );
    expect(findingOf(llm, 'llm_health').sentence).toBe(
      'Bifrost fails its health check: HTTP 503: upstream unavailable',
    );
    expect(findingOf(llm, 'llm_decisions').sentence).toMatch(
      /^40 of \d+ LLM decisions in 1 h got no answer: orderbook-agent 10, sentiment-agent 10, technical-agent 10, trend-agent 10$/,
    );
    expect(findingOf(database, 'database').sentence).toBe(
      'the database answers, but 10 of 10 connections are used, 0 idle, 3 waiting for a lock',
    );
    expect(findingOf(database, 'database_disk').sentence).toBe("87 % of the database's disk is full");
    expect(commandsOf(llm)).toContainEqual(
      expect.stringMatching(/alertname=CircuitBreakerOpen service=llm$/),
    );
  });
});

describe('HighErrorRate', () => {
  test('names the service that fails most and its dependencies before it quotes logs', async () => {
    const diagnosis = await runChecks(world, 'HighErrorRate');

    expect(stepIds(diagnosis).slice(0, 3)).toEqual(['by_service', 'health', 'api_errors']);
    expect(findingOf(diagnosis, 'health').sentence).toBe(
      '2 of 7 services failing their health check: bifrost (HTTP 503: upstream unavailable), market-data-server (could not connect: connection refused)',
    );
    expect(findingOf(diagnosis, 'usage').sentence).toBe(
      '3 limits nearly reached: postgres 94 % CPU, api 92 % CPU, api 95.1 % memory',
    );
    expect(findingOf(diagnosis, 'outside').sentence).toMatch(
      /^\d+ failed calls to outside in the last \d+ lines of the MCP servers; the newest: .*exchange: /,
    );
    expect(findingOf(diagnosis, 'by_service').sentence).toBe(
      'api fails 9.4 % of its requests, the highest of 2 services; others: orchestrator 2 %',
    );
    expect(findingOf(diagnosis, 'tools').sentence).toBe(
      '2 of 3 MCP tools failing: get_ticker 0.8 times a second, place_order 0.3 times a second',
    );
    expect(findingOf(diagnosis, 'up').sentence).toBe('postgres, redis, nats up');
  });

  test('reads the log of the firing service when it is neither api nor orchestrator', async () => {
    const api = await runChecks(world, 'HighErrorRate');
    const other = await runChecks(world, 'HighErrorRate', { labels: [{ service: 'risk-analyzer-server' }] });

    expect(stepIds(api)).not.toContainEqual(expect.stringMatching(/^service_errors/));
    expect(stepIds(other)).toContain('service_errors:risk-analyzer-server');
  });

  test('checks orders, the database and the agents when only the database answers', async () => {
    const diagnosis = await runChecks({ probes: { sql: world.probes.sql } }, 'HighErrorRate');

    expect(unreadable(diagnosis)).toEqual([]);
    expect(findingOf(diagnosis, 'orders')).toMatchObject({ verdict: 'attention' });
    expect(findingOf(diagnosis, 'orders').sentence).toMatch(
      /^14 orders rejected in 15 min, 14 for: exchange: 429/,
    );
    expect(findingOf(diagnosis, 'database').sentence).toBe('3 of 10 database connections wait for a lock');
    expect(findingOf(diagnosis, 'by_service')).toMatchObject({
      verdict: 'unchecked',
      sentence: 'PROMETHEUS_URL is not set',
    });
  });
});

describe('HighMemoryUsage and HighCPUUsage', () => {
  test("show the pod's share of its limit, the curve, and other pods near theirs", async () => {
    const memory = await runChecks(world, 'HighMemoryUsage');
    const cpu = await runChecks(world, 'HighCPUUsage');

    expect(memory.findings[0]?.sentence).toBe(
      'api-5d8f9c7b46-q7w2m uses 95.1 % of its memory limit, 487 of 512 MiB',
    );
    expect(findingOf(memory, 'leak:api-5d8f9c7b46-q7w2m').sentence).toMatch(
      /^memory of api-5d8f9c7b46-q7w2m grew by [\d.]+ % in the last hour; if it never falls back, it leaks$/,
    );
    expect(cpu.findings[0]?.sentence).toBe('api-5d8f9c7b46-q7w2m uses 92 % of its CPU limit, 460m of 500m');
    expect(findingOf(cpu, 'throttled:api-5d8f9c7b46-q7w2m').sentence).toMatch(
      /^api-5d8f9c7b46-q7w2m is held back by its CPU limit for 0\.\d+ s every second$/,
    );
    expect(findingOf(cpu, 'neighbours').sentence).toBe(
      '1 other container above 80 % of its CPU limit: postgres 94 %',
    );
  });

  test("name the pod's deployment in the command that raises its limit", async () => {
    const memory = await runChecks(world, 'HighMemoryUsage');
    const cpu = await runChecks(world, 'HighCPUUsage');

    expect(commandsOf(memory)).toContain(
      'kubectl set resources -n cryptofunk deployment/api -c api --limits=memory=1024Mi',
    );
    expect(commandsOf(cpu)).toContain(
      'kubectl set resources -n cryptofunk deployment/api -c api --limits=cpu=1000m',
    );
  });

  test('say that a pod has no limit instead of a share of it, and offer none to double', async () => {
    const pod = 'risk-analyzer-server-7e8f9a6b4c-p2n6v';

    const memory = await runChecks(world, 'HighMemoryUsage', { labels: [{ namespace: 'cryptofunk', pod }] });

    expect(findingOf(memory, `usage:${pod}`).sentence).toBe(`${pod} uses 139 MiB and has no memory limit`);
    expect(findingOf(memory, `limits:${pod}`).verdict).toBe('attention');
    expect(commandsOf(memory).join()).not.toContain('set resources');
  });

  test('check each firing pod, three at most', async () => {
    const labels = ['api-1-a', 'api-1-b', 'api-1-c', 'api-1-d'].map((pod) => ({ pod }));

    const diagnosis = await runChecks(world, 'HighCPUUsage', { labels });

    expect(stepIds(diagnosis).filter((id) => id.startsWith('history:'))).toEqual([
      'history:api-1-a',
      'history:api-1-b',
      'history:api-1-c',
      'history:beyond',
    ]);
  });
});
