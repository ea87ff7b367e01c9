import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import type { HeldPort } from '../stack/ports.ts';
import type { Operand } from './promql/combine.ts';
import { evaluate } from './promql/evaluate.ts';
import { type Expression, QueryMistake } from './promql/expression.ts';
import { labelKey, type VectorSample } from './promql/labels.ts';
import { durationOf } from './promql/literals.ts';
import { parsePromql } from './promql/parse-promql.ts';
import { type LocalPrometheus, scrapedWorld } from './scraped-world.ts';

const MAX_FORM = 1_000_000;
const MAX_POINTS = 11_000;

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
      send(response, 200, { status: 'success', data: ask(expression, form) });
    } catch (error) {
      if (!(error instanceof QueryMistake)) throw error;
      const { errorType } = error;
      const words = errorType === 'bad_data' ? `invalid parameter "query": ${error.message}` : error.message;
      send(response, errorType === 'bad_data' ? 400 : 422, { status: 'error', errorType, error: words });
    }
  }

  function instantData(expression: Expression, form: Form) {
    const at = timeOf(form, 'time', now());
    const value = evaluate(expression, at, scrapedWorld(start, now()));
    if (typeof value === 'number') return { resultType: 'scalar', result: pair(at, value) };
    const result = value.map((sample) => ({ metric: sample.labels, value: pair(at, sample.value) }));
    return { resultType: 'vector', result };
  }

  function rangeData(expression: Expression, form: Form) {
    const from = timeOf(form, 'start');
    const to = timeOf(form, 'end');
    const step = durationOf(form.get('step') ?? '');
    if (!(step > 0) || to < from)
      throw new QueryMistake('bad_data', 'start, end and step do not make a range');
    if ((to - from) / step > MAX_POINTS) {
      throw new QueryMistake(
        'bad_data',
        `more than ${MAX_POINTS} points for each series; ask for larger steps`,
      );
    }
    const scraped = scrapedWorld(start, now());
    const series = new Map<string, { metric: VectorSample['labels']; values: [number, string][] }>();
    for (let at = from; at <= to; at += step) {
      for (const { labels, value } of samplesOf(evaluate(expression, at, scraped))) {
        const key = labelKey(labels);
        const known = series.get(key) ?? { metric: labels, values: [] };
        known.values.push(pair(at, value));
        series.set(key, known);
      }
    }
    return { resultType: 'matrix', result: [...series.values()] };
  }

  await held?.letGo();
  const { port, close } = await listenOnLoopback(server, held?.port);
  return { url: `http://127.0.0.1:${port}`, close };
}

type Form = ReadonlyMap<string, string>;

function samplesOf(value: Operand): VectorSample[] {
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}

/** Seconds, or a time in RFC 3339. */
function timeOf(form: Form, name: string, otherwise?: Millis): Millis {
  const text = form.get(name) ?? '';
  if (text === '' && otherwise !== undefined) return otherwise;
  const time = /^[-\d.eE+]+$/.test(text) ? Number(text) * SECOND : Date.parse(text);
  if (text !== '' && Number.isFinite(time)) return time;
  throw new QueryMistake('bad_data', `${name} is no time`);
}

/** The value is a text, because JSON has no NaN and no infinity. */
function pair(at: Millis, value: number): [number, string] {
  if (Number.isFinite(value) || Number.isNaN(value)) return [at / SECOND, String(value)];
  return [at / SECOND, value > 0 ? '+Inf' : '-Inf'];
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
