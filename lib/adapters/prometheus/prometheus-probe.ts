import axios, { AxiosError, type AxiosInstance } from 'axios';
import type { ZodMiniType } from 'zod/mini';
import { parseAnswer } from '../../core/diagnosis/checks/answer-schema.ts';
import { describeHttpFailure } from '../../core/diagnosis/checks/failure-words.ts';
import type { Bounds, ProbeResult, PrometheusProbe } from '../../core/diagnosis/checks/probe.ts';
import { SECOND } from '../../core/shared/time.ts';
import { retryStaleConnections } from '../http-client/retry-stale-connection.ts';
import { instantSchema, rangeSchema } from './answer-schema.ts';

/** Base URLs by source. Several for one source are peers that scrape the same targets: the first answer counts. */
export type PrometheusOptions = {
  urls: { anySource: string[]; bySource: Readonly<Record<string, string[]>> };
};

/** Series are read whole before they are cut, so an answer may be far larger than the kept part. */
const MAX_ANSWER = 4_000_000;

/** Queries are POSTs that change nothing. */
function createClient(): AxiosInstance {
  const client = axios.create({
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER,
    proxy: false,
    responseType: 'json',
    headers: { accept: 'application/json' },
  });
  return retryStaleConnections(client, ['get', 'post']);
}

/**
 * Prometheus' query API: https://prometheus.io/docs/prometheus/latest/querying/api/. Calls only the configured
 * addresses and follows no redirect. Every failure is one sentence without credentials.
 */
export function createPrometheusProbe(options: PrometheusOptions): PrometheusProbe {
  const http = createClient();

  async function ask<T>(
    source: string,
    path: string,
    form: Record<string, string>,
    schema: ZodMiniType<T>,
    bounds: Bounds,
  ): Promise<ProbeResult<T>> {
    const urls = Object.hasOwn(options.urls.bySource, source)
      ? (options.urls.bySource[source] ?? [])
      : options.urls.anySource;
    if (urls.length === 0) return { kind: 'failed', reason: `PROMETHEUS_URL has no address for ${source}` };
    return findFirstAnswer(urls.map((url) => post(http, `${url}${path}`, form, schema, bounds)));
  }

  return {
    async instant(source, promql, at, bounds) {
      const form = { query: promql, time: String(at / SECOND), timeout: `${bounds.timeoutMs}ms` };
      return ask(source, '/api/v1/query', form, instantSchema, bounds);
    },

    async range(source, promql, window, bounds) {
      const form = {
        query: promql,
        start: String(window.from / SECOND),
        end: String(window.to / SECOND),
        step: String(window.stepSeconds),
        timeout: `${bounds.timeoutMs}ms`,
      };
      return ask(source, '/api/v1/query_range', form, rangeSchema, bounds);
    },
  };
}

/** The first good answer, or the reason of the first failure. */
async function findFirstAnswer<T>(asked: Promise<ProbeResult<T>>[]): Promise<ProbeResult<T>> {
  const good = asked.map(async (each) => {
    const answer = await each;
    if (answer.kind === 'failed') throw new Error(answer.reason);
    return answer;
  });
  try {
    return await Promise.any(good);
  } catch {
    return (await asked[0]) ?? { kind: 'failed', reason: 'no address to ask' };
  }
}

async function post<T>(
  http: AxiosInstance,
  url: string,
  form: Record<string, string>,
  schema: ZodMiniType<T>,
  bounds: Bounds,
): Promise<ProbeResult<T>> {
  try {
    const { data, headers } = await http.post<unknown>(url, new URLSearchParams(form), {
      timeout: bounds.timeoutMs,
      signal: bounds.signal,
    });
    return parseAnswer('Prometheus', schema, { contentType: headers['content-type'], body: data });
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error, bounds) };
  }
}

function reasonOf(error: unknown, bounds: Bounds): string {
  if (!(error instanceof AxiosError)) return 'the answer could not be read';
  const { code, response, message } = error;
  const data: unknown = response?.data;
  const failure = {
    // ECONNABORTED is axios' own timeout.
    timedOut: bounds.signal.aborted || code === AxiosError.ECONNABORTED || code === AxiosError.ETIMEDOUT,
    tooLarge: message.includes('maxContentLength'),
    status: response?.status,
    // Prometheus gives its reason: a mistake in the query, too many samples.
    body: isRecord(data) && typeof data.error === 'string' ? data.error : undefined,
    code,
  };
  return describeHttpFailure(failure, bounds.timeoutMs);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
