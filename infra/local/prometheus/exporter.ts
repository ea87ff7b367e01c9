import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { metricsPage } from './exposition.ts';
import type { SampleSeries } from './sample-series.ts';

/** A page of metrics for Prometheus to scrape. */
export type Exporter = { port: number; close(): Promise<void> };

/** Serves the series as they are at each moment, on a free loopback port. */
export async function startExporter(series: SampleSeries[], now: () => Millis): Promise<Exporter> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(metricsPage(series, now()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
