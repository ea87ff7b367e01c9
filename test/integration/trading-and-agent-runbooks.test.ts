import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  commandsOf,
  finding,
  fired,
  rowsOf,
  runChecks,
  type SampleDiagnosis,
  startSampleDiagnosis,
  stepIds,
} from '../support/sample-diagnosis.ts';
import { withAdmin } from '../support/with-admin.ts';

let world: SampleDiagnosis;

beforeAll(async () => {
  world = await startSampleDiagnosis();
});

afterAll(() => world?.close());

describe.each(Object.keys(fired))('%s', (alertname) => {
  test('makes every check of the database and the metrics, and says each in a sentence without a hole', async () => {
    const { findings } = await world.diagnose(alertname);

    for (const { sentence, verdict, stepId, kind } of findings) {
      if (kind === 'kubernetes' || kind === 'http') continue;
      expect(verdict, `${stepId}: ${sentence}`).not.toBe('unchecked');
      expect(sentence).not.toMatch(/\{\{|\bnull\b|undefined|NaN|\[object|see below|\bfound$/);
      expect(sentence).not.toMatch(/ ,| {2}|^ | $/);
      expect(sentence.length).toBeGreaterThan(5);
    }
  });

  test('opens with what needs attention, and is short where nothing does', async () => {
    const { findings } = await world.diagnose(alertname);
    const normal = findings.filter(({ verdict }) => verdict === 'normal');

    expect(findings[0]?.verdict).toBe('attention');
    expect(findings.map(({ verdict }) => verdict)).toEqual(
      findings.map(({ verdict }) => verdict).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    );
    for (const { sentence } of normal) expect(sentence.length).toBeLessThan(95);
  });

  test('fills its commands in, and none that changes something comes without a caution', async () => {
    const { commands } = await world.diagnose(alertname);

    for (const { command, caution } of commands) {
      expect(command).toMatch(/^(kubectl|amtool|echo) /);
      expect(command.replace('/dev/null', '')).not.toMatch(unfilled);
      expect(caution !== undefined || reading.test(command), command).toBe(true);
    }
  });

  test('is diagnosed as well when its alert carries no label, and when nothing can be asked', async () => {
    const bare = await world.diagnose(alertname, [{}]);
    const blind = await runChecks(alertname, [], 'opened', {});

    for (const { sentence } of [...bare.findings, ...blind.findings]) expect(sentence).not.toMatch(unfilled);
    for (const command of [...commandsOf(bare), ...commandsOf(blind)]) {
      expect(command.replace('/dev/null', '')).not.toMatch(unfilled);
    }
  });
});

const order = ['attention', 'normal', 'unchecked'];
/** Nothing that only a program would say, no place left for a person to fill, no second line. */
const unfilled = /\{\{|<[a-zA-Z]|\bnull\b|undefined|NaN|920X|\n/;
/** A command that changes nothing: a log, or a profile over a forwarded port. */
const reading =
  /^kubectl (logs [^&|]*(\| grep -i error)?|port-forward [^&|]*& sleep 2; go tool pprof [^&|]*; kill \$!)$/;

describe('AgentDown', () => {
  const agents = ['technical-agent', 'orderbook-agent', 'sentiment-agent', 'trend-agent', 'arbitrage-agent'];
  const alerts = agents.map((agent) => ({ agent }));

  test('puts the shared cause first, then one row an agent with its last heartbeat and error', async () => {
    const diagnosis = await world.diagnose('AgentDown', alerts);

    expect(stepIds(diagnosis).slice(0, 2)).toEqual(['shared_cause', 'agents']);
    expect(finding(diagnosis, 'shared_cause').sentence).toMatch(
      /^4 agents share one cause since \d\d:\d\d UTC: bifrost: connection reset by peer$/,
    );
    expect(rowsOf(finding(diagnosis, 'agents'))).toHaveLength(5);
    expect(rowsOf(finding(diagnosis, 'agents'))[4]).toEqual([
      'arbitrage-agent',
      'STOPPED',
      '2 h 12 m',
      'exchange: API key rejected',
    ]);
    expect(finding(diagnosis, 'database').sentence).toBe(
      '10 of 10 database connections used, 7 idle in transaction, 3 waiting for a lock',
    );
    expect(finding(diagnosis, 'up').sentence).toBe('2 agents up by Prometheus (max 6 in the last hour)');
  });

  test('looks at the log of each agent that fires, five at most, and counts the others', async () => {
    const more = [{ agent: 'reversion-agent' }, { agent: 'risk-agent' }];

    const diagnosis = await world.diagnose('AgentDown', [...alerts, ...more]);

    expect(stepIds(diagnosis).filter((id) => id.startsWith('agent_log:'))).toHaveLength(6);
    expect(finding(diagnosis, 'agent_log:beyond').sentence).toBe(
      '2 more not looked at: technical-agent, trend-agent',
    );
  });

  test('restarts those that share a cause together, and a single one by its label', async () => {
    const several = await world.diagnose('AgentDown', alerts);
    const single = await world.diagnose('AgentDown', [{ agent: 'arbitrage-agent' }]);

    expect(several.commands).toContainEqual({
      text: 'Restart the agents that share a cause, once it is mended',
      command:
        "echo orderbook-agent,sentiment-agent,technical-agent,trend-agent | tr , '\\n' | xargs -I% kubectl rollout restart -n cryptofunk deployment/%",
      caution: expect.stringContaining('while the cause lasts they fail again'),
    });
    expect(commandsOf(several).join()).not.toContain('restart -n cryptofunk deployment/sentiment-agent');
    expect(commandsOf(single)).toContain(
      'kubectl rollout restart -n cryptofunk deployment/arbitrage-agent && kubectl logs -f -n cryptofunk deployment/arbitrage-agent',
    );
  });

  test('quotes whatever an alert claims that its agent is called', async () => {
    const { commands } = await world.diagnose('AgentDown', [{ agent: "x'; rm -rf / #" }]);

    expect(commands.at(-1)?.command).toBe(
      `kubectl rollout restart -n cryptofunk deployment/'x'\\''; rm -rf / #' && kubectl logs -f -n cryptofunk deployment/'x'\\''; rm -rf / #'`,
    );
  });

  test('counts an agent that was killed and still calls itself active', async () => {
    onTestFinished(() => world.setHeartbeat('reversion-agent', '9 seconds'));
    await world.setHeartbeat('reversion-agent', '31 minutes');

    const diagnosis = await world.diagnose('AgentDown', [{ agent: 'reversion-agent' }]);

    expect(rowsOf(finding(diagnosis, 'agents'))).toContainEqual([
      'reversion-agent',
      'ACTIVE',
      expect.stringMatching(/^31 m 0\d s$/),
      '',
    ]);
  });

  test('looks on resolve at agents, signals and pods alone', async () => {
    const diagnosis = await world.diagnose('AgentDown', alerts, 'resolved');

    expect(stepIds(diagnosis).toSorted()).toEqual(['agents', 'pods', 'signals']);
  });
});

describe('AgentUnhealthy', () => {
  test('says what the agent says of itself, even when it calls itself active', async () => {
    const failing = await world.diagnose('AgentUnhealthy');
    const active = await world.diagnose('AgentUnhealthy', [{ agent: 'risk-agent' }]);
    const unknown = await world.diagnose('AgentUnhealthy', [{ agent: 'no-such-agent' }]);

    expect(finding(failing, 'agent:technical-agent').sentence).toMatch(
      /^technical-agent ERROR, last heartbeat 14 m \d\d s ago, last signal 14 m \d\d s ago: bifrost: connection reset by peer$/,
    );
    expect(finding(active, 'agent:risk-agent').sentence).toMatch(/^risk-agent ACTIVE, heartbeat \d+ s ago$/);
    expect(finding(unknown, 'agent:no-such-agent')).toMatchObject({
      verdict: 'attention',
      sentence: 'no-such-agent is not in agent_status: it has never started',
    });
  });
});

describe('AgentHighLatency', () => {
  test('shows where the time goes: the LLM by agent, tools, database', async () => {
    await inDatabase("UPDATE llm_decisions SET latency_ms = 11200 WHERE agent_name = 'technical-agent'");

    const diagnosis = await world.diagnose('AgentHighLatency');

    expect(finding(diagnosis, 'latency').sentence).toBe(
      '2 of 6 agents over 5 s at p95: technical-agent 11.2 s, sentiment-agent 8.1 s',
    );
    expect(finding(diagnosis, 'decisions').sentence).toMatch(
      /^the LLM takes 11\.2 s at p95 for technical-agent \(.+\), 10 of its 10 decisions in 1 h without an answer$/,
    );
    expect(finding(diagnosis, 'tools').sentence).toBe('1 of 3 MCP tools over 1 s at p95: get_ticker 4.1 s');
    expect(finding(diagnosis, 'database').sentence).toMatch(
      /^3 of 10 database connections wait for a lock, /,
    );
  });

  test('lists slow queries, and says so when pg_stat_statements is not installed', async () => {
    onTestFinished(() => inDatabase('CREATE EXTENSION IF NOT EXISTS pg_stat_statements'));
    const before = await world.diagnose('AgentHighLatency');
    await inDatabase('DROP EXTENSION pg_stat_statements');

    const after = await world.diagnose('AgentHighLatency');

    expect(finding(before, 'slow_queries').verdict).toBe('attention');
    expect(rowsOf(finding(before, 'slow_queries')).join()).toContain('correlated_signals($1)');
    expect(finding(before, 'statement_records').sentence).toMatch(/^statements are recorded/);
    expect(finding(after, 'statement_records')).toMatchObject({
      verdict: 'attention',
      sentence: 'slow queries cannot be listed: pg_stat_statements is not installed (CREATE EXTENSION)',
    });
  });
});

describe('HighMemoryUsage and HighCPUUsage', () => {
  test('say how the pod came there', async () => {
    const memory = await world.diagnose('HighMemoryUsage');
    const cpu = await world.diagnose('HighCPUUsage');

    expect(finding(memory, 'leak:api-5d8f9c7b46-q7w2m').sentence).toBe(
      'memory of api-5d8f9c7b46-q7w2m grew by 36.4 % in the last hour; if it never falls back, it leaks',
    );
    expect(finding(memory, 'growth:api-5d8f9c7b46-q7w2m').sentence).toMatch(
      /^memory over 6 h: min 402 · max 487/,
    );
    expect(finding(cpu, 'throttled:api-5d8f9c7b46-q7w2m').sentence).toBe(
      'api-5d8f9c7b46-q7w2m is held back by its CPU limit for 0.43 s every second',
    );
  });

  test('look at each pod that fires, three at most', async () => {
    const pods = ['api-1-a', 'api-1-b', 'api-1-c', 'api-1-d'].map((pod) => ({ pod }));

    const diagnosis = await world.diagnose('HighCPUUsage', pods);

    expect(stepIds(diagnosis).filter((id) => id.startsWith('history:'))).toEqual([
      'history:api-1-a',
      'history:api-1-b',
      'history:api-1-c',
      'history:beyond',
    ]);
  });
});

async function inDatabase(statement: string): Promise<void> {
  await withAdmin(world.postgres, (client) => client.query(statement));
}
