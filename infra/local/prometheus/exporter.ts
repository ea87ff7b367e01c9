import { createServer } from 'node:http';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { type Listening, listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { metricsPage } from './exposition.ts';
import type { SampleSeries } from './sample-series.ts';

/** A page of metrics for Prometheus to scrape. */
export type Exporter = Listening;

/** Serves the present values of the series, on a free loopback port. */
export async function startExporter(series: SampleSeries[], now: () => Millis): Promise<Exporter> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(metricsPage(series, now()));
  });
  return listenOnLoopback(server);
}
