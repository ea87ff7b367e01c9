import { fileURLToPath } from 'node:url';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import type { AlertDetail } from '../../lib/core/alert/alert.ts';
import type { Diagnosis, FilledCommand, Finding } from '../../lib/core/diagnosis/finding.ts';
import type { Probes } from '../../lib/core/diagnosis/reading.ts';
import { deadlineFor, runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import { type Runbook, runbookFor } from '../../lib/core/runbook/runbook.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';
import { samplePrometheus } from './sample-probes.ts';
import { waitFor } from './wait-for.ts';
import { withAdmin } from './with-admin.ts';

const catalog = compileRunbooks(fileURLToPath(new URL('../../runbooks', import.meta.url)));

/** What the rules of these alerts set beside their name and severity. */
const alertLabels: Record<string, Record<string, string>> = {
  VectorSearchHighLatency: { operation: 'semantic_search' },
  VectorSearchCriticalLatency: { operation: 'semantic_search' },
  VectorSearchHighErrorRate: { operation: 'semantic_search' },
  VectorSearchCriticalErrorRate: { operation: 'semantic_search' },
  VectorSearchNoOperations: { operation: 'explain_decision' },
  VectorSearchSlowWithHighConnections: {},
  DatabaseConnectionPoolExhausted: { instance: 'api:8080' },
  DatabaseConnectionPoolCritical: { instance: 'api:8080' },
  DiskSpaceWarning: { namespace: 'cryptofunk', persistentvolumeclaim: 'postgres-pvc' },
};

/** The sample world's database in trouble, and the probe that reads it. */
export type DiagnosedWorld = { postgres: LocalPostgres; sql: ReturnType<typeof createPostgresProbe> };

/** Starts one, and waits until its vector search is so old that somebody should look at it. */
export async function startDiagnosedWorld(): Promise<DiagnosedWorld> {
  const postgres = await startLocalPostgres();
  const sql = createPostgresProbe({ connectionString: postgres.connectionString });
  // As old as a search has to be before anybody looks at it.
  await waitFor('a vector search to be slow', () =>
    withAdmin(postgres, async (client) => {
      const { rows } = await client.query(
        "SELECT FROM pg_stat_activity WHERE state = 'active' AND query ~ '<=>' AND query_start < now() - interval '2.6 seconds'",
      );
      return rows.length > 0 ? true : undefined;
    }),
  );
  return { postgres, sql };
}

export async function stopDiagnosedWorld(world: DiagnosedWorld | undefined): Promise<void> {
  await world?.sql.close();
  await world?.postgres.close();
}

export type DiagnoseOptions = { reason?: NoticeReason; alerts?: AlertDetail[] } & Pick<Probes, 'prometheus'>;

/** Runs the alert's runbook on a database; Prometheus is the sample world's unless told otherwise. */
export function diagnose(
  { sql }: Pick<DiagnosedWorld, 'sql'>,
  alertname: string,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const runbook = runbookOf(alertname);
  const { reason = 'opened', prometheus = samplePrometheus(), alerts = [alertOf(alertname)] } = options;
  return runDiagnosis({
    runbook,
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason,
    source: 'local',
    alerts,
    probes: { sql, prometheus },
    clock: systemClock,
    deadline: deadlineFor(runbook.severity),
  });
}

export function runbookOf(alertname: string): Runbook {
  return runbookFor(catalog, alertname);
}

/** An alert of that name, with the labels that its rule sets; `labels` change them. */
export function alertOf(alertname: string, labels: Record<string, string> = {}): AlertDetail {
  return {
    fingerprint: JSON.stringify(labels),
    labels: { alertname, severity: runbookOf(alertname).severity, ...alertLabels[alertname], ...labels },
    annotations: {},
    generatorURL: '',
    startsAt: 0,
  };
}

export function findingOf({ findings }: Diagnosis, stepId: string): Finding {
  const found = findings.find((each) => each.stepId === stepId);
  if (found === undefined) throw new Error(`there is no finding ${stepId}`);
  return found;
}

/** The filled-in command whose heading begins so. */
export function commandOf({ commands }: Diagnosis, text: string): FilledCommand {
  const found = commands.find((each) => each.text.startsWith(text));
  if (found === undefined) throw new Error(`${text} is not offered`);
  return found;
}

/** The statements that a psql command line runs. */
export function statementsOf({ command }: FilledCommand): string[] {
  return [...command.matchAll(/ -c ('[^']*'|"[^"]*")/g)].map(([, quoted = '']) => quoted.slice(1, -1));
}

/** What a person does who pastes the line: its statements, one after the other, as postgres. */
export async function follow(world: DiagnosedWorld, line: FilledCommand): Promise<void> {
  await withAdmin(world.postgres, async (client) => {
    for (const statement of statementsOf(line)) await client.query(statement);
  });
}
