import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import type { HeldPort } from '../stack/ports.ts';
import { QueryMistake } from './promql/expression.ts';
import { parsePromql } from './promql/parse-promql.ts';
import { instantData, rangeData } from './query-data.ts';
import type { LocalPrometheus } from './scraped-world.ts';

const MAX_FORM = 1_000_000;

export type StandInOptions = {
  /** The start of the sample world, to which its trouble is relative. */
  start: Millis;
  now(): Millis;
  /** The port; any free one when absent. */
  held?: HeldPort;
};

/**
 * Prometheus' query API, instant and range, over the series of the sample world, on loopback:
 * https://prometheus.io/docs/prometheus/latest/querying/api/. Unknown requests get Prometheus' error JSON.
 */
export async function startPrometheusStandIn(options: StandInOptions): Promise<LocalPrometheus> {
  const { start, now, held } = options;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/-/ready' || pathname === '/-/healthy') {
      response.end('Prometheus Server is Ready.\n');
      return;
    }
    const ask = { '/api/v1/query': instantData, '/api/v1/query_range': rangeData }[pathname];
    if (ask === undefined) {
      response.writeHead(404).end('404 page not found\n');
      return;
    }
    const form = new Map([...searchParams, ...new URLSearchParams(await bodyOf(request))]);
    try {
      const expression = parsePromql(form.get('query') ?? '');
      send(response, 200, { status: 'success', data: ask(expression, form, { start, now: now() }) });
    } catch (error) {
      if (!(error instanceof QueryMistake)) throw error;
      const { errorType } = error;
      const words = errorType === 'bad_data' ? `invalid parameter "query": ${error.message}` : error.message;
      send(response, errorType === 'bad_data' ? 400 : 422, { status: 'error', errorType, error: words });
    }
  }

  await held?.letGo();
  const { port, close } = await listenOnLoopback(server, held?.port);
  return { url: `http://127.0.0.1:${port}`, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_FORM) throw new Error('the form is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
