import { afterAll, beforeEach, describe, expect, onTestFinished } from 'vitest';
import { commandsOf, findingOf, rowsOf, stepIds } from '../support/assertions/diagnosis-parts.ts';
import { unreadable } from '../support/assertions/unreadable.ts';
import { firedLabels } from '../support/factories/fired-labels.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { heartbeat, type SampleWorld, startSampleWorld } from '../support/servers/sample-world.ts';
import { test } from '../support/vitest/with-database.ts';

let world: SampleWorld;

test.beforeAll(async ({ server }) => {
  world = await startSampleWorld({ server });
});

beforeEach(() => world.keepFresh());

afterAll(() => world?.close());

describe('AgentDown', () => {
  test('puts the shared cause first, then one row an agent, then its dependencies and pods', async () => {
    const diagnosis = await runChecks(world, 'AgentDown');

    expect(stepIds(diagnosis).slice(0, 4)).toEqual(['shared_cause', 'agents', 'dependencies', 'pods']);
    expect(findingOf(diagnosis, 'shared_cause').sentence).toMatch(
      /^4 agents share one cause since \d\d:\d\d UTC: bifrost: connection reset by peer$/,
    );
    expect(rowsOf(findingOf(diagnosis, 'agents'))).toHaveLength(5);
    expect(rowsOf(findingOf(diagnosis, 'agents'))[4]).toEqual([
      'arbitrage-agent',
      'STOPPED',
      '2 h 12 m',
      'exchange: API key rejected',
    ]);
    expect(findingOf(diagnosis, 'dependencies').sentence).toBe(
      '2 of 5 failing, of Bifrost and the MCP servers: bifrost (HTTP 503: upstream unavailable), market-data-server (could not connect: connection refused)',
    );
    expect(findingOf(diagnosis, 'pods').sentence).toMatch(
      /^3 of 6 agent pods not ready, 1 killed for memory; worst technical-agent-6c9f7d8b5d-x2k9q: CrashLoopBackOff, 6 restarts, last exit OOMKilled \(137\) 3 m 00 s ago$/,
    );
  });

  test('shows that the database and Prometheus agree', async () => {
    const diagnosis = await runChecks(world, 'AgentDown');

    expect(findingOf(diagnosis, 'database').sentence).toBe(
      '10 of 10 database connections used, 7 idle in transaction, 3 waiting for a lock',
    );
    expect(findingOf(diagnosis, 'up').sentence).toBe('2 agents up by Prometheus (max 6 in the last hour)');
  });

  test('quotes the log of each firing agent, five at most, and counts the others', async () => {
    const more = [{ agent: 'reversion-agent' }, { agent: 'risk-agent' }];
    const labels = [...firedLabels('AgentDown'), ...more];

    const diagnosis = await runChecks(world, 'AgentDown', { labels });

    expect(stepIds(diagnosis).filter((id) => id.startsWith('agent_log:'))).toHaveLength(6);
    expect(findingOf(diagnosis, 'agent_log:arbitrage-agent').sentence).toBe(
      'arbitrage-agent: no pod, so no log',
    );
    expect(findingOf(diagnosis, 'agent_log:orderbook-agent').sentence).toMatch(
      /^orderbook-agent: \d+ errors in its last 100 lines; the newest: .* bifrost: connection reset by peer/,
    );
    expect(findingOf(diagnosis, 'agent_log:beyond').sentence).toBe(
      '2 more not looked at: technical-agent, trend-agent',
    );
  });

  test('restarts agents that share a cause together, and a single one by its label', async () => {
    const several = await runChecks(world, 'AgentDown');
    const single = await runChecks(world, 'AgentDown', { labels: [{ agent: 'arbitrage-agent' }] });

    expect(several.commands).toEqual([
      {
        text: 'Restart the agents that share a cause, once it is mended',
        command:
          "echo orderbook-agent,sentiment-agent,technical-agent,trend-agent | tr , '\\n' | xargs -I% kubectl rollout restart -n cryptofunk deployment/%",
        caution: expect.stringContaining('while the cause lasts they fail again'),
      },
    ]);
    expect(commandsOf(single)).toContain(
      'kubectl rollout restart -n cryptofunk deployment/arbitrage-agent && kubectl logs -f -n cryptofunk deployment/arbitrage-agent',
    );
  });

  test('quotes any agent name from a label', async () => {
    const diagnosis = await runChecks(world, 'AgentDown', { labels: [{ agent: "x'; rm -rf / #" }] });

    expect(commandsOf(diagnosis).at(-1)).toBe(
      `kubectl rollout restart -n cryptofunk deployment/'x'\\''; rm -rf / #' && kubectl logs -f -n cryptofunk deployment/'x'\\''; rm -rf / #'`,
    );
  });

  test('counts an agent that was killed and still reports itself as active', async () => {
    onTestFinished(async () => void (await world.inDatabase(heartbeat('reversion-agent', '9 seconds'))));
    await world.inDatabase(heartbeat('reversion-agent', '31 minutes'));

    const diagnosis = await runChecks(world, 'AgentDown', { labels: [{ agent: 'reversion-agent' }] });

    expect(rowsOf(findingOf(diagnosis, 'agents'))).toContainEqual([
      'reversion-agent',
      'ACTIVE',
      expect.stringMatching(/^31 m \d\d s$/),
      '',
    ]);
  });

  test('on resolve, checks only agents, signals and pods', async () => {
    const diagnosis = await runChecks(world, 'AgentDown', { reason: 'resolved' });

    expect(stepIds(diagnosis).toSorted()).toEqual(['agents', 'pods', 'signals']);
  });

  test('names the agents, their last heartbeat and error, and the cause, when only the database answers', async () => {
    const diagnosis = await runChecks({ probes: { sql: world.probes.sql } }, 'AgentDown');

    expect(unreadable(diagnosis)).toEqual([]);
    expect(diagnosis.findings[0]).toMatchObject({ stepId: 'shared_cause', verdict: 'attention' });
    expect(findingOf(diagnosis, 'shared_cause').sentence).toMatch(
      /^4 agents share one cause since \d\d:\d\d UTC: bifrost: connection reset by peer$/,
    );
    const agents = findingOf(diagnosis, 'agents');
    expect(agents.sentence).toMatch(/^5 agents not active \(.*-agent.*\+2\)/);
    expect(agents.evidence).toMatchObject({ kind: 'table', omitted: 0 });
    expect(rowsOf(agents)).toContainEqual(
      expect.arrayContaining(['arbitrage-agent', 'STOPPED', '2 h 12 m', 'exchange: API key rejected']),
    );
    expect(commandsOf(diagnosis)).toContainEqual(
      expect.stringMatching(/^kubectl logs -n cryptofunk deployment\/[a-z]+-agent --tail=100$/),
    );
  });
});

describe('AgentUnhealthy', () => {
  test('shows the state that the agent reports, even when it reports itself as active', async () => {
    const failing = await runChecks(world, 'AgentUnhealthy');
    const active = await runChecks(world, 'AgentUnhealthy', { labels: [{ agent: 'risk-agent' }] });
    const unknown = await runChecks(world, 'AgentUnhealthy', { labels: [{ agent: 'no-such-agent' }] });

    expect(findingOf(failing, 'agent:technical-agent').sentence).toMatch(
      /^technical-agent ERROR, last heartbeat 14 m \d\d s ago, last signal 14 m \d\d s ago: bifrost: connection reset by peer$/,
    );
    expect(findingOf(active, 'agent:risk-agent').sentence).toMatch(
      /^risk-agent ACTIVE, heartbeat \d+ s ago$/,
    );
    expect(findingOf(unknown, 'agent:no-such-agent')).toMatchObject({
      verdict: 'attention',
      sentence: 'no-such-agent is not in agent_status: it has never started',
    });
  });

  test('quotes the newest of the events that give a reason', async () => {
    const diagnosis = await runChecks(world, 'AgentUnhealthy');

    expect(findingOf(diagnosis, 'events').sentence).toMatch(
      /^4 warnings about agents' pods, the newest \d+ s ago, 84 times: Pod\/(sentiment|trend)-agent-\S+ Unhealthy: Readiness probe failed: /,
    );
    expect(rowsOf(findingOf(diagnosis, 'events')).join()).toContain('Back-off restarting failed container');
  });
});

describe('AgentHighLatency', () => {
  test('shows where the time is spent: the LLM by agent, its gateway, tools, database, pod', async () => {
    const diagnosis = await runChecks(world, 'AgentHighLatency');

    expect(findingOf(diagnosis, 'latency').sentence).toMatch(
      /^2 of 6 agents over 5 s at p95: technical-agent 11\S* s, sentiment-agent 8\S* s$/,
    );
    expect(findingOf(diagnosis, 'decisions').sentence).toMatch(
      /^the LLM takes 11\.5 s at p95 for technical-agent \(.+\), 10 of its 10 decisions in 1 h without an answer$/,
    );
    expect(findingOf(diagnosis, 'gateway_log').sentence).toMatch(
      /^over 1 s in Bifrost's log: \d+ of the newest 20 lines on latency; the newest of them: .* latency_ms=8420/,
    );
    expect(findingOf(diagnosis, 'tools').sentence).toMatch(
      /^1 of 3 MCP tools over 1 s at p95: get_ticker 4\S* s$/,
    );
    expect(findingOf(diagnosis, 'database').sentence).toMatch(
      /^3 of 10 database connections wait for a lock, /,
    );
    expect(findingOf(diagnosis, 'killed:technical-agent').sentence).toMatch(
      /^technical-agent CrashLoopBackOff, 6 restarts, last exit OOMKilled \(137\) 3 m 00 s ago$/,
    );
    expect(commandsOf(diagnosis)).toEqual([
      'kubectl set resources -n cryptofunk deployment/technical-agent -c technical-agent --limits=memory=512Mi',
    ]);
  });

  test('offers more memory for the agent that was killed for it, whichever others fire as well', async () => {
    const labels = ['sentiment-agent', 'technical-agent'].map((agent) => ({ agent }));

    const diagnosis = await runChecks(world, 'AgentHighLatency', { labels });

    expect(findingOf(diagnosis, 'killed:sentiment-agent').verdict).toBe('normal');
    expect(commandsOf(diagnosis)).toEqual([
      'kubectl set resources -n cryptofunk deployment/technical-agent -c technical-agent --limits=memory=512Mi',
    ]);
  });

  test('lists slow queries, and says so when pg_stat_statements is not installed', async () => {
    onTestFinished(
      async () => void (await world.inDatabase('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')),
    );
    const before = await runChecks(world, 'AgentHighLatency');
    await world.inDatabase('DROP EXTENSION pg_stat_statements');

    const after = await runChecks(world, 'AgentHighLatency');

    expect(findingOf(before, 'slow_queries').verdict).toBe('attention');
    expect(rowsOf(findingOf(before, 'slow_queries')).join()).toContain('correlated_signals($1)');
    expect(findingOf(before, 'statement_records').sentence).toMatch(/^statements are recorded/);
    expect(findingOf(after, 'slow_queries').verdict).toBe('unchecked');
    expect(findingOf(after, 'statement_records')).toMatchObject({
      verdict: 'attention',
      sentence: 'slow queries cannot be listed: pg_stat_statements is not installed (CREATE EXTENSION)',
    });
  });
});
