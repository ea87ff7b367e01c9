import { startLocalKubernetes } from '../../infra/local/kubernetes/kubernetes.ts';
import { startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import { startPrometheusStandIn } from '../../infra/local/prometheus/prometheus-stand-in.ts';
import { startLocalServices } from '../../infra/local/services/services.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createHttpProbe } from '../../lib/adapters/http/http-probe.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import { createVariable, parseHttpTargets } from '../../lib/config/variables.ts';
import type { ActiveAlert } from '../../lib/core/diagnosis/checks/probe.ts';
import type { Probes } from '../../lib/core/diagnosis/checks/reading.ts';
import type { DiagnosisClock } from '../../lib/core/diagnosis/run-check.ts';
import { HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { type StableWords, stableWords } from './stable-words.ts';

/** CryptoFunk at one moment, read through the real probes, with the same texts in every run. */
export type SampleWorld = {
  probes: Required<Probes>;
  /** Does not move. */
  clock: DiagnosisClock;
  stable: StableWords;
  close(): Promise<void>;
};

/** Time between the calm world and the trouble, which is still to come there. */
const BEFORE_TROUBLE = 2 * HOUR + 20 * MINUTE;

/**
 * Starts the local stack's parts. Prometheus and Kubernetes have `at` as their time; PostgreSQL has its own clock.
 * With `trouble` false the connections and the series are normal; tables and logs stay the same.
 */
export async function startSampleWorld(at: Millis, options: { trouble: boolean }): Promise<SampleWorld> {
  const { trouble } = options;
  const [postgres, kubernetes, prometheus, services] = await Promise.all([
    startLocalPostgres({ trouble }),
    startLocalKubernetes({ now: () => at }),
    startPrometheusStandIn({ start: trouble ? at : at + BEFORE_TROUBLE, now: () => at }),
    startLocalServices(),
  ]);
  const sql = createPostgresProbe({ connectionString: postgres.connectionString });
  const { url, token, authority } = kubernetes;
  return {
    clock: { now: () => at, after: systemClock.after },
    stable: await stableWords(postgres.adminConnectionString, at),
    probes: {
      sql,
      prometheus: createPrometheusProbe({ urls: { anySource: [prometheus.url], bySource: {} } }),
      kubernetes: createKubernetesProbe({ url, token: given(token), authority: given(authority) }),
      http: createHttpProbe({ targets: createVariable(parseHttpTargets).parse(services.targets) }),
      alertmanager: { alerts: async () => ({ kind: 'ok', value: trouble ? openBreakers(at) : [] }) },
    },
    async close() {
      await sql.release();
      await Promise.all([postgres, kubernetes, prometheus, services].map((part) => part.close()));
    },
  };
}

function openBreakers(at: Millis): ActiveAlert[] {
  return ['exchange', 'llm'].map((service) => ({
    fingerprint: service,
    labels: { alertname: 'CircuitBreakerOpen', severity: 'warning', service },
    annotations: {},
    startsAt: at - 14 * MINUTE,
    state: 'active',
  }));
}

function given(value: string) {
  return async () => ({ kind: 'ok' as const, value });
}
