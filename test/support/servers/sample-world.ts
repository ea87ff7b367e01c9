import { startLocalKubernetes } from '../../../infra/local/kubernetes/kubernetes.ts';
import { freshenWorld } from '../../../infra/local/postgres/freshen-world.ts';
import { type LocalPostgresOptions, startLocalPostgres } from '../../../infra/local/postgres/postgres.ts';
import { startPrometheusStandIn } from '../../../infra/local/prometheus/prometheus-stand-in.ts';
import { startLocalServices } from '../../../infra/local/services/services.ts';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { createHttpProbe } from '../../../lib/adapters/http/http-probe.ts';
import { createKubernetesProbe } from '../../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../../lib/adapters/prometheus/prometheus-probe.ts';
import { createVariable, parseHttpTargets } from '../../../lib/config/variables.ts';
import type { Probes } from '../../../lib/core/diagnosis/checks/reading.ts';
import { MINUTE, type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import { activeAlert, alertmanagerWith } from '../factories/active-alerts.ts';
import { waitFor } from '../processes/wait-for.ts';
import { accessTo } from './kubernetes-access.ts';
import { withAdmin } from './with-admin.ts';

/** Shorter than any difference that a test could see. */
const FRESH_FOR = 20 * SECOND;

/** The sample world: the local stack's database, Prometheus, cluster and services, and their probes. */
export type SampleWorld = {
  /** Only Alertmanager is scripted: two circuit breakers have been open for 14 min. */
  probes: Required<Probes>;
  /** As first_responder; for other probes of the same server. */
  databaseUrl: string;
  /** The time of Kubernetes, Prometheus and Alertmanager, so that the world does not age. */
  at: Millis;
  /** Moves the database's rows on when necessary, like the local stack: the database has a clock of its own. */
  keepFresh(): Promise<void>;
  /** Runs a statement as a person with all rights, and returns the rows. */
  inDatabase(statement: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

export async function startSampleWorld(options: LocalPostgresOptions = {}): Promise<SampleWorld> {
  // First, because it takes longest, and the times of the others count from their own start.
  const postgres = await startLocalPostgres(options);
  // Kubernetes' times have no fractions of a second.
  const at = Math.floor(systemClock.now() / SECOND) * SECOND;
  let freshAt = at;
  const [kubernetes, prometheus, services] = await Promise.all([
    startLocalKubernetes({ now: () => at }),
    startPrometheusStandIn({ start: at, now: () => at }),
    startLocalServices(),
  ]);
  const { connectionString } = postgres;
  const sql = createPostgresProbe({ connectionString });
  const breakers = ['exchange', 'llm'].map((service) =>
    activeAlert('CircuitBreakerOpen', { service }, at - 14 * MINUTE),
  );
  return {
    probes: {
      sql,
      prometheus: createPrometheusProbe({ urls: { anySource: [prometheus.url], bySource: {} } }),
      kubernetes: createKubernetesProbe(accessTo(kubernetes)),
      http: createHttpProbe({ targets: createVariable(parseHttpTargets).parse(services.targets) }),
      alertmanager: alertmanagerWith(breakers),
    },
    databaseUrl: connectionString,
    at,
    async keepFresh() {
      const passed = systemClock.now() - freshAt;
      if (passed < FRESH_FOR) return;
      await freshenWorld(postgres, passed);
      freshAt += passed;
    },
    async inDatabase(statement) {
      const { rows } = await withAdmin(postgres, (client) =>
        client.query<Record<string, unknown>>(statement),
      );
      return rows;
    },
    async close() {
      await sql.release();
      await Promise.all([postgres, kubernetes, prometheus, services].map((part) => part.close()));
    },
  };
}

/** Waits until the world's vector search has run long enough to need attention. */
export async function searchIsSlow({ inDatabase }: SampleWorld): Promise<void> {
  await waitFor('a vector search to be slow', async () => {
    const rows = await inDatabase(
      "SELECT FROM pg_stat_activity WHERE state = 'active' AND query ~ '<=>' AND query_start < now() - interval '2.6 seconds'",
    );
    return rows.length > 0 ? true : undefined;
  });
}

/** A statement that gives an agent's last heartbeat this age. */
export function heartbeat(agent: string, ago: string): string {
  return `UPDATE agent_status SET last_heartbeat = now() - interval '${ago}' WHERE agent_name = '${agent}'`;
}
