import { fileURLToPath } from 'node:url';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import type { Diagnosis, Finding } from '../../lib/core/diagnosis/finding.ts';
import type { Probes } from '../../lib/core/diagnosis/reading.ts';
import { deadlineFor, runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import { runbookFor } from '../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';
import { startSampleProbes } from './sample-cluster-probes.ts';
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
  /** Runs an alert's checks; several sets of labels are as many alerts of one incident. */
  diagnose(alertname: string, labels?: Labels[], reason?: NoticeReason): Promise<Diagnosis>;
  /** Changes something in the world's database. */
  inDatabase(statement: string): Promise<void>;
  close(): Promise<void>;
};

export async function startSampleDiagnosis(): Promise<SampleDiagnosis> {
  const { probes, postgres, close } = await startSampleProbes();
  return {
    diagnose: (alertname, labels = [fired[alertname] ?? {}], reason = 'opened') =>
      runChecks(alertname, labels, reason, probes),
    async inDatabase(statement) {
      await withAdmin(postgres, (client) => client.query(statement));
    },
    close,
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

/** A statement that makes an agent's last heartbeat so old. */
export function heartbeat(agent: string, ago: string): string {
  return `UPDATE agent_status SET last_heartbeat = now() - interval '${ago}' WHERE agent_name = '${agent}'`;
}

export function commandsOf({ commands }: Diagnosis): string[] {
  return commands.map(({ command }) => command);
}
