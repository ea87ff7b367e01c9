import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MetricsExporter, startMetricsExporter } from './metrics-exporter.ts';
import { type AlertmanagerPair, type Receiver, startAlertmanagerPair } from './real-alertmanager.ts';
import { type RealPrometheus, startRealPrometheus } from './real-prometheus.ts';

/** The faults of the monitored system; Prometheus sees each at its next scrape. */
export type Trouble = {
  idleConnections(count: number): void;
  /** Share of requests that fail, 0 to 1. */
  errorRatio(ratio: number): void;
  agent(name: string, up: boolean): void;
  circuitBreaker(service: string, open: boolean): void;
};

/** A real Prometheus that watches a system in trouble, and the real pair of Alertmanagers that it sends alerts to. */
export type RealMonitoring = {
  readonly prometheus: RealPrometheus;
  readonly alertmanagers: AlertmanagerPair;
  readonly trouble: Trouble;
  /** Holds configurations and logs. */
  readonly folder: string;
  /** Ends all; `keep` leaves the folder, to look into a failure. */
  stop(options?: { keep: boolean }): Promise<void>;
};

export type RealMonitoringOptions = {
  receivers: Receiver[];
  externalURLs?: [string, string];
  peerTimeout?: string;
  repeatInterval?: string;
  groupBy?: string[];
  silences?: Uint8Array;
  /** A file with rules besides those of cryptofunk-rules.yml. */
  moreRules?: string;
};

export async function startRealMonitoring(options: RealMonitoringOptions): Promise<RealMonitoring> {
  const folder = mkdtempSync(join(tmpdir(), 'first-responder-monitoring-'));
  const parts: { stop(): Promise<void> }[] = [];
  const stop = async ({ keep } = { keep: false }) => {
    // Prometheus first, so that it does not complain about the missing Alertmanagers.
    for (const part of parts.toReversed()) await part.stop();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const exporter = await startMetricsExporter();
    parts.push(exporter);
    const alertmanagers = await startAlertmanagerPair({ ...options, folder });
    parts.push(alertmanagers);
    const { target } = exporter;
    const prometheus = await startRealPrometheus({
      folder,
      target,
      alertmanagers: alertmanagers.targets,
      moreRules: options.moreRules,
    });
    parts.push(prometheus);
    return { prometheus, alertmanagers, trouble: troubleOf(exporter), folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function troubleOf(exporter: MetricsExporter): Trouble {
  // This process' clock drives the counters: a change of ratio must bend them, never set them back.
  let failed = 0;
  let served = 0;
  let ratio = 0;
  let since = 0;
  const REQUESTS_PER_SECOND = 40;
  exporter.set('http_requests_total', { service: 'api', status: '500' }, (now) => {
    advance(now);
    return failed;
  });
  exporter.set('http_requests_total', { service: 'api', status: '200' }, (now) => {
    advance(now);
    return served;
  });
  function advance(now: number): void {
    failed += (now - since) * REQUESTS_PER_SECOND * ratio;
    served += (now - since) * REQUESTS_PER_SECOND * (1 - ratio);
    since = now;
  }
  return {
    idleConnections(count) {
      exporter.set('cryptofunk_database_connections_idle', {}, count);
      exporter.set('cryptofunk_database_connections_active', {}, 10 - count);
    },
    errorRatio(next) {
      ratio = next;
    },
    agent: (name, up) => exporter.set('cryptofunk_agent_up', { agent: name }, up ? 1 : 0),
    circuitBreaker: (service, open) => exporter.set('circuit_breaker_state', { service }, open ? 1 : 0),
  };
}
