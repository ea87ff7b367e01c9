import { createServer } from 'node:http';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

/** A value, or its growth with the seconds since the exporter started: for counters. */
export type MetricValue = number | ((seconds: number) => number);

/** A `/metrics` endpoint on loopback whose series the test sets. */
export type MetricsExporter = {
  /** `127.0.0.1:PORT`, in the form of Prometheus' static targets. */
  readonly target: string;
  set(name: string, labels: Record<string, string>, value: MetricValue): void;
  stop(): Promise<void>;
};

export async function startMetricsExporter(): Promise<MetricsExporter> {
  const series = new Map<string, MetricValue>();
  const startedAt = performance.now();
  const server = createServer((_request, response) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const lines = [...series].map(
      ([id, value]) => `${id} ${typeof value === 'number' ? value : value(seconds)}\n`,
    );
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(lines.join(''));
  });
  const { port, close } = await listenOnLoopback(server);

  return {
    target: `127.0.0.1:${port}`,
    set(name, labels, value) {
      const pairs = Object.entries(labels).map(([key, label]) => `${key}=${JSON.stringify(label)}`);
      series.set(`${name}{${pairs.join(',')}}`, value);
    },
    stop: close,
  };
}
