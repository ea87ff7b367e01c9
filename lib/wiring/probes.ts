import { createAlertmanagerProbe } from '../adapters/alertmanager/alertmanager-probe.ts';
import { createHttpProbe } from '../adapters/http/http-probe.ts';
import {
  type KubernetesVariables,
  resolveKubernetesAccess,
} from '../adapters/kubernetes/kubernetes-access.ts';
import { createKubernetesProbe } from '../adapters/kubernetes/kubernetes-probe.ts';
import { createPostgresProbe } from '../adapters/postgres/postgres-probe.ts';
import { createPrometheusProbe } from '../adapters/prometheus/prometheus-probe.ts';
import type { SourceUrls } from '../config/variables.ts';
import type { Probes } from '../core/diagnosis/checks/reading.ts';

/** One set of probes per container, whose diagnoses share the connection pool. */
export function createProbes(config: ProbeVariables): Probes {
  const { DATABASE_URL, PROMETHEUS_URL, ALERTMANAGER_URL, HTTP_TARGETS } = config;
  const kubernetes = resolveKubernetesAccess(config);
  return {
    sql: DATABASE_URL === undefined ? undefined : createPostgresProbe({ connectionString: DATABASE_URL }),
    prometheus: PROMETHEUS_URL && createPrometheusProbe({ urls: PROMETHEUS_URL }),
    alertmanager: ALERTMANAGER_URL && createAlertmanagerProbe({ urls: ALERTMANAGER_URL }),
    kubernetes: kubernetes && createKubernetesProbe(kubernetes),
    http: HTTP_TARGETS && createHttpProbe({ targets: HTTP_TARGETS }),
  };
}

type ProbeVariables = KubernetesVariables & {
  DATABASE_URL?: string | undefined;
  PROMETHEUS_URL?: SourceUrls | undefined;
  ALERTMANAGER_URL?: SourceUrls | undefined;
  HTTP_TARGETS?: ReadonlyMap<string, string> | undefined;
};
