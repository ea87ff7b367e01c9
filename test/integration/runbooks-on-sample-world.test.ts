import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import { beforeAndAfter } from '../../lib/core/diagnosis/compare-diagnoses.ts';
import type { Diagnosis, Finding } from '../../lib/core/diagnosis/finding.ts';
import { deadlineFor, runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import { runbookFor } from '../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';
import { withAdmin } from '../support/with-admin.ts';

const catalog = compileRunbooks(fileURLToPath(new URL('../../runbooks', import.meta.url)));

const API_IS_BUSY = `SELECT EXISTS (
  SELECT FROM pg_stat_activity WHERE application_name = 'api' AND state <> 'idle'
) AS busy`;

let postgres: LocalPostgres;
let sql: ReturnType<typeof createPostgresProbe>;

beforeAll(async () => {
  postgres = await startLocalPostgres();
  sql = createPostgresProbe({ connectionString: postgres.connectionString });
});

afterAll(async () => {
  await sql?.close();
  await postgres?.close();
});

function diagnose(alertname: string, reason: NoticeReason = 'opened'): Promise<Diagnosis> {
  const runbook = runbookFor(catalog, alertname);
  return runDiagnosis({
    runbook,
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason,
    source: 'local',
    alerts: [{ fingerprint: 'a', labels: { alertname }, annotations: {}, generatorURL: '', startsAt: 0 }],
    probes: { sql },
    clock: systemClock,
    deadline: deadlineFor(runbook.severity),
  });
}

function finding({ findings }: Diagnosis, stepId: string): Finding {
  const found = findings.find((each) => each.stepId === stepId);
  if (found === undefined) throw new Error(`there is no finding ${stepId}`);
  return found;
}

/** No hole unfilled, no null, nothing that only a program would say. */
function readsWell({ findings, commands }: Diagnosis): void {
  for (const { sentence } of findings) {
    expect(sentence).not.toMatch(/\{\{|null|undefined|NaN|\[object|see below/);
    expect(sentence.length).toBeGreaterThan(5);
  }
  for (const { command } of commands) expect(command).not.toMatch(/\{\{|<PID>|<agent/);
}

describe('the runbooks, on a database in trouble', () => {
  test('AgentDown names the agents, their last heartbeat and error, and the cause that several share', async () => {
    const diagnosis = await diagnose('AgentDown');

    readsWell(diagnosis);
    expect(diagnosis.findings[0]).toMatchObject({ stepId: 'shared_cause', verdict: 'attention' });
    expect(finding(diagnosis, 'shared_cause').sentence).toMatch(
      /^4 agents share one cause since \d\d:\d\d UTC: bifrost: connection reset by peer$/,
    );
    const agents = finding(diagnosis, 'agents');
    expect(agents.sentence).toMatch(/^5 agents not active \(.*-agent.*\+2\)/);
    expect(agents.evidence).toMatchObject({ kind: 'table', omitted: 0 });
    const rows = agents.evidence?.kind === 'table' ? agents.evidence.rows : [];
    expect(rows).toContainEqual(
      expect.arrayContaining(['arbitrage-agent', 'STOPPED', '2 h 12 m', 'exchange: API key rejected']),
    );
    expect(diagnosis.commands.map(({ command }) => command)).toContainEqual(
      expect.stringMatching(/^kubectl logs -n cryptofunk deployment\/[a-z]+-agent --tail=100$/),
    );
  });

  test('HighErrorRate looks at orders, the database and the agents', async () => {
    const diagnosis = await diagnose('HighErrorRate');

    readsWell(diagnosis);
    expect(finding(diagnosis, 'orders')).toMatchObject({ verdict: 'attention' });
    expect(finding(diagnosis, 'orders').sentence).toMatch(
      /^14 orders rejected in 15 min, 14 for: exchange: 429/,
    );
    expect(finding(diagnosis, 'database').sentence).toBe('3 of 10 database connections wait for a lock');
    expect(finding(diagnosis, 'by_service')).toMatchObject({
      verdict: 'unchecked',
      sentence: 'PROMETHEUS_URL is not set',
    });
  });

  test('an alert without a runbook is diagnosed as well', async () => {
    const diagnosis = await diagnose('SomethingNobodyKnows');

    expect(diagnosis.findings).toMatchObject([
      { stepId: 'related', verdict: 'unchecked', sentence: 'ALERTMANAGER_URL is not set' },
    ]);
    expect(diagnosis.skipped).toBeUndefined();
  });

  test('DatabaseConnectionPoolCritical finds the blocker, and following its command mends the pool', async () => {
    const before = await diagnose('DatabaseConnectionPoolCritical');

    readsWell(before);
    expect(finding(before, 'connections').sentence).toMatch(
      /^10 of 10 connections open, 0 idle; 7 idle in transaction\. Most: 7 from agent-runner/,
    );
    const blockers = finding(before, 'blockers');
    const pid = Number(
      /^pid (\d+) \(agent-runner, .*\) blocks 3 sessions: UPDATE positions/.exec(blockers.sentence)?.[1],
    );
    const [command] = before.commands;
    expect(command).toMatchObject({
      command: `kubectl exec -n cryptofunk deployment/postgres -- psql -U postgres -d cryptofunk -c 'SELECT pg_terminate_backend(${pid});'`,
      caution: expect.stringContaining('rolls back'),
    });
    expect(finding(before, 'replication')).toMatchObject({ verdict: 'normal' });

    // What the person types, and then what the resolved notice says.
    await withAdmin(postgres, async (client) => {
      await client.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
      await client.query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'",
      );
      // The api's updates go through one after the other now.
      for (let busy = true; busy; ) {
        const { rows } = await client.query<{ busy: boolean }>(API_IS_BUSY);
        busy = rows[0]?.busy ?? false;
      }
    });
    const after = await diagnose('DatabaseConnectionPoolCritical', 'resolved');
    const compared = beforeAndAfter([before], after);

    expect(after.findings.map(({ stepId }) => stepId)).not.toContain('longest');
    expect(finding(after, 'connections').sentence).toMatch(/^3 connections, 3 idle$/);
    expect(compared.find(({ stepId }) => stepId === 'blockers')).toEqual({
      stepId: 'blockers',
      title: blockers.title,
      before: blockers.sentence,
      after: 'no session blocks another',
      change: 'better',
    });
  });
});
