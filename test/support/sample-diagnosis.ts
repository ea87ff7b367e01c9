import { fileURLToPath } from 'node:url';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import type { Diagnosis, Finding } from '../../lib/core/diagnosis/finding.ts';
import type { Probes } from '../../lib/core/diagnosis/reading.ts';
import { deadlineFor, runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import { runbookFor } from '../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';
import { sampleAlertmanager, sampleMetrics } from './sample-monitoring-probes.ts';
import { withAdmin } from './with-admin.ts';

export type Labels = Record<string, string>;

const catalog = compileRunbooks(fileURLToPath(new URL('../../runbooks', import.meta.url)));
export const apiPod = { namespace: 'cryptofunk', pod: 'api-5d8f9c7b46-q7w2m', container: 'api' };

/** The trading, agent and resource alerts, and what each fires with in the sample world. */
export const fired: Record<string, Labels> = {
  CircuitBreakerOpen: { service: 'exchange' },
  HighErrorRate: { service: 'api' },
  TradingSessionFailure: {},
  PositionLimitExceeded: { symbol: 'BTC/USDT' },
  MaxDrawdownExceeded: {},
  AgentDown: { agent: 'technical-agent' },
  AgentUnhealthy: { agent: 'technical-agent' },
  AgentHighLatency: { agent: 'technical-agent' },
  HighMemoryUsage: apiPod,
  HighCPUUsage: apiPod,
};

/** This project's runbooks, run in the sample world. */
export type SampleDiagnosis = {
  postgres: LocalPostgres;
  /** Runs an alert's checks; several sets of labels are as many alerts of one incident. */
  diagnose(alertname: string, labels?: Labels[], reason?: NoticeReason): Promise<Diagnosis>;
  /** Makes an agent's last heartbeat so old: `4 seconds`. */
  setHeartbeat(agent: string, ago: string): Promise<void>;
  close(): Promise<void>;
};

/** On a PostgreSQL of its own; `more` are probes beyond the database's and the monitoring's. */
export async function startSampleDiagnosis(
  more: (now: number) => Probes = () => ({}),
): Promise<SampleDiagnosis> {
  const postgres = await startLocalPostgres();
  const sql = createPostgresProbe({ connectionString: postgres.connectionString });
  return {
    postgres,
    diagnose(alertname, labels = [fired[alertname] ?? {}], reason = 'opened') {
      const now = Date.now();
      const monitoring = { prometheus: sampleMetrics, alertmanager: sampleAlertmanager(now) };
      return runChecks(alertname, labels, reason, { sql, ...monitoring, ...more(now) });
    },
    async setHeartbeat(agent, ago) {
      const update = 'UPDATE agent_status SET last_heartbeat = now() - $2::interval WHERE agent_name = $1';
      await withAdmin(postgres, (client) => client.query(update, [agent, ago]));
    },
    async close() {
      await sql.close();
      await postgres.close();
    },
  };
}

export function runChecks(
  alertname: string,
  labels: Labels[],
  reason: NoticeReason,
  probes: Probes,
): Promise<Diagnosis> {
  const runbook = runbookFor(catalog, alertname);
  return runDiagnosis({
    runbook,
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason,
    source: 'local',
    alerts: labels.map((own, index) => ({
      fingerprint: `${index}`,
      labels: { alertname, severity: runbook.severity, ...own },
      annotations: {},
      generatorURL: '',
      startsAt: systemClock.now() - 30_000,
    })),
    probes,
    clock: systemClock,
    deadline: deadlineFor(runbook.severity),
  });
}

export function finding({ findings }: Diagnosis, stepId: string): Finding {
  const found = findings.find((each) => each.stepId === stepId);
  if (found === undefined) throw new Error(`there is no finding ${stepId}`);
  return found;
}

export function rowsOf({ evidence }: Finding): string[][] {
  return evidence?.kind === 'table' ? evidence.rows : [];
}

export function stepIds({ findings }: Diagnosis): string[] {
  return findings.map(({ stepId }) => stepId);
}

export function commandsOf({ commands }: Diagnosis): string[] {
  return commands.map(({ command }) => command);
}
