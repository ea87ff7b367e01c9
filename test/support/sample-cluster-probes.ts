import { startLocalKubernetes } from '../../infra/local/kubernetes/kubernetes.ts';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres.ts';
import { startPrometheusStandIn } from '../../infra/local/prometheus/prometheus-stand-in.ts';
import { startLocalServices } from '../../infra/local/services/services.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createHttpProbe } from '../../lib/adapters/http/http-probe.ts';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../../lib/adapters/prometheus/prometheus-probe.ts';
import { httpTargets } from '../../lib/config/variables.ts';
import type { ActiveAlert } from '../../lib/core/diagnosis/probe.ts';
import type { Probes } from '../../lib/core/diagnosis/reading.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';

/** The sample world, asked through the real probes; Alertmanager alone is given: two breakers open for 14 min. */
export type SampleProbes = { probes: Required<Probes>; postgres: LocalPostgres; close(): Promise<void> };

export async function startSampleProbes(): Promise<SampleProbes> {
  const start = systemClock.now();
  const [postgres, kubernetes, prometheus, services] = await Promise.all([
    startLocalPostgres(),
    startLocalKubernetes(),
    startPrometheusStandIn({ start, now: systemClock.now }),
    startLocalServices(),
  ]);
  const sql = createPostgresProbe({ connectionString: postgres.connectionString });
  const { url, token, authority } = kubernetes;
  const breakers = ['exchange', 'llm'].map((service): ActiveAlert => {
    const labels = { alertname: 'CircuitBreakerOpen', severity: 'warning', service };
    return { fingerprint: service, labels, annotations: {}, startsAt: start - 14 * MINUTE, state: 'active' };
  });
  return {
    postgres,
    probes: {
      sql,
      prometheus: createPrometheusProbe({ urls: { anySource: [prometheus.url], bySource: {} } }),
      kubernetes: createKubernetesProbe({ url, token: given(token), authority: given(authority) }),
      http: createHttpProbe({ targets: httpTargets.parse(services.targets) }),
      alertmanager: { alerts: async () => ({ kind: 'ok', value: breakers }) },
    },
    async close() {
      await sql.close();
      await Promise.all([postgres.close(), kubernetes.close(), prometheus.close(), services.close()]);
    },
  };
}

function given(value: string) {
  return async () => ({ kind: 'ok' as const, value });
}
