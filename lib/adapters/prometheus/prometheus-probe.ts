import axios, { isAxiosError } from 'axios';
import { noAnswerReason, statusReason } from '../../core/diagnosis/http-failure.ts';
import type { Bounds, ProbeResult, PrometheusProbe } from '../../core/diagnosis/probe.ts';
import { answerSchema, errorSchema, matrixSchema, scalarSchema, vectorSchema } from './answer-schema.ts';

/** Base URLs by source; `*` stands for every source without its own. Several are replicas of one another. */
export type PrometheusProbeOptions = { urls: Readonly<Record<string, string[]>> };

type Parameters = Record<string, string>;

/**
 * Reads from Prometheus' query API, https://prometheus.io/docs/prometheus/latest/querying/api/, within bounds and
 * from the configured servers only: no redirect, no proxy. Of several replicas the first that answers is believed.
 */
export function createPrometheusProbe({ urls }: PrometheusProbeOptions): PrometheusProbe {
  async function ask(
    source: string,
    path: string,
    parameters: Parameters,
    bounds: Bounds,
  ): Promise<ProbeResult<unknown>> {
    const replicas = Object.hasOwn(urls, source) ? urls[source] : urls['*'];
    if (!replicas || replicas.length === 0) {
      return { kind: 'failed', reason: `PROMETHEUS_URL names no server for the source ${source}` };
    }
    return firstAnswer(replicas.map((url) => askOne(`${url}/api/v1/${path}`, parameters, bounds)));
  }

  return {
    async instant(source, promql, at, bounds) {
      const parameters = { query: promql, time: seconds(at), timeout: `${bounds.timeoutMs}ms` };
      const answer = await ask(source, 'query', parameters, bounds);
      if (answer.kind === 'failed') return answer;
      const vector = vectorSchema.safeParse(answer.value);
      if (vector.success) {
        return {
          kind: 'ok',
          value: vector.data.result.map(({ metric, value }) => ({ labels: metric, value })),
        };
      }
      const scalar = scalarSchema.safeParse(answer.value);
      if (scalar.success) return { kind: 'ok', value: [{ labels: {}, value: scalar.data.result }] };
      return { kind: 'failed', reason: 'the query gives neither a vector nor a number' };
    },

    async range(source, promql, window, bounds) {
      const parameters = {
        query: promql,
        start: seconds(window.from),
        end: seconds(window.to),
        step: String(window.stepSeconds),
        timeout: `${bounds.timeoutMs}ms`,
      };
      const answer = await ask(source, 'query_range', parameters, bounds);
      if (answer.kind === 'failed') return answer;
      const matrix = matrixSchema.safeParse(answer.value);
      if (!matrix.success) return { kind: 'failed', reason: 'the query gives no series' };
      return {
        kind: 'ok',
        value: matrix.data.result.map(({ metric, values }) => ({ labels: metric, points: values })),
      };
    },
  };
}

function seconds(millis: number): string {
  return (millis / 1_000).toFixed(3);
}

/** The first that is ok; when none is, what the first of them said. */
async function firstAnswer(asked: Promise<ProbeResult<unknown>>[]): Promise<ProbeResult<unknown>> {
  const believed = asked.map(async (each) => {
    const answer = await each;
    if (answer.kind === 'failed') throw new Error(answer.reason);
    return answer;
  });
  try {
    return await Promise.any(believed);
  } catch {
    const [first] = await Promise.all(asked);
    return first ?? { kind: 'failed', reason: 'no server is configured' };
  }
}

async function askOne(url: string, params: Parameters, bounds: Bounds): Promise<ProbeResult<unknown>> {
  try {
    const response = await axios.get<string>(url, {
      params,
      timeout: bounds.timeoutMs,
      signal: bounds.signal,
      maxContentLength: bounds.maxBytes,
      maxRedirects: 0,
      proxy: false,
      responseType: 'text',
      // Axios would take what is not JSON for a text and let it through.
      transformResponse: (body: string) => body,
      validateStatus: () => true,
    });
    return answerOf(response.status, response.data);
  } catch (error) {
    if (isAxiosError(error) && /maxContentLength/.test(error.message)) {
      return { kind: 'failed', reason: `the answer is longer than ${bounds.maxBytes} bytes` };
    }
    return {
      kind: 'failed',
      reason: noAnswerReason(isAxiosError(error) ? error.code : undefined, bounds.timeoutMs),
    };
  }
}

/** Prometheus says what is wrong with a query in the body, whatever the status. */
function answerOf(status: number, text: string): ProbeResult<unknown> {
  const body = parsed(text);
  const refusal = errorSchema.safeParse(body);
  if (refusal.success) return { kind: 'failed', reason: `query failed: ${refusal.data.error}` };
  if (status !== 200) return { kind: 'failed', reason: statusReason(status) };
  const answer = answerSchema.safeParse(body);
  return answer.success
    ? { kind: 'ok', value: answer.data.data }
    : { kind: 'failed', reason: 'the answer is not from Prometheus' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
