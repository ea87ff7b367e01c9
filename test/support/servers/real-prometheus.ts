import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { startRealProcess, waitForProcess } from '../processes/real-process.ts';
import { freePorts } from './free-ports.ts';

/** Name or path of the program. */
export const PROMETHEUS = process.env['PROMETHEUS_BINARY'] ?? 'prometheus';

export type RealPrometheus = {
  readonly url: string;
  stop(): Promise<void>;
};

export type RealPrometheusOptions = {
  /** Folder for configuration, data and log. */
  folder: string;
  /** `host:port` of the exporter to scrape. */
  target: string;
  /** `host:port` of every Alertmanager peer. */
  alertmanagers: string[];
  /** The host in the links of alerts instead of this machine. */
  externalURL?: string;
  /** A file with more rules. */
  moreRules?: string | undefined;
};

const RULES = fileURLToPath(new URL('cryptofunk-rules.yml', import.meta.url));

/** Debian's Prometheus on a free port, scraping twice a second and evaluating the rules every second. */
export async function startRealPrometheus(options: RealPrometheusOptions): Promise<RealPrometheus> {
  const folder = join(options.folder, 'prometheus');
  mkdirSync(folder, { recursive: true });
  copyFileSync(RULES, join(folder, 'rules.yml'));
  writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration(options)));
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;

  const server = await startRealProcess({
    command: PROMETHEUS,
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.external-url=${options.externalURL ?? 'http://prometheus.example:9090'}`,
    ],
    logFile: join(options.folder, 'prometheus.log'),
  });
  try {
    await waitForProcess('Prometheus to be ready', server, () => isOk(`${url}/-/ready`));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url, stop: () => server.stop() };
}

function configuration(options: RealPrometheusOptions) {
  return {
    global: {
      scrape_interval: '500ms',
      scrape_timeout: '500ms',
      evaluation_interval: '1s',
      external_labels: { environment: 'prod' },
    },
    rule_files: ['rules.yml', ...(options.moreRules ? [options.moreRules] : [])],
    alerting: { alertmanagers: [{ static_configs: [{ targets: options.alertmanagers }] }] },
    scrape_configs: [
      {
        job_name: 'cryptofunk',
        // A stable instance keeps the random port out of labels, and so out of fingerprints.
        static_configs: [{ targets: [options.target], labels: { instance: 'api-service:8080' } }],
      },
    ],
  };
}

async function isOk(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.body?.cancel();
  return response.ok ? true : undefined;
}
