import axios, { AxiosError, type AxiosInstance } from 'axios';
import { describeHttpFailure } from '../../core/diagnosis/checks/failure-words.ts';
import type {
  Bounds,
  ProbeResult,
  PrometheusProbe,
  Sample,
  Series,
} from '../../core/diagnosis/checks/probe.ts';
import { SECOND } from '../../core/shared/time.ts';

/** Base URLs by source. Several for one source are peers that scrape the same targets: the first answer counts. */
export type PrometheusOptions = {
  urls: { anySource: string[]; bySource: Readonly<Record<string, string[]>> };
};

/** Series are read whole before they are cut, so an answer may be far larger than the kept part. */
const MAX_ANSWER = 4_000_000;

/**
 * Prometheus' query API: https://prometheus.io/docs/prometheus/latest/querying/api/. Calls only the configured
 * addresses and follows no redirect. Every failure is one sentence without credentials.
 */
export function createPrometheusProbe(options: PrometheusOptions): PrometheusProbe {
  const http = axios.create({
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER,
    proxy: false,
    responseType: 'json',
    headers: { accept: 'application/json' },
  });

  async function ask(
    source: string,
    path: string,
    form: Record<string, string>,
    bounds: Bounds,
  ): Promise<ProbeResult<unknown[]>> {
    const urls = Object.hasOwn(options.urls.bySource, source)
      ? (options.urls.bySource[source] ?? [])
      : options.urls.anySource;
    if (urls.length === 0) return { kind: 'failed', reason: `PROMETHEUS_URL has no address for ${source}` };
    return findFirstAnswer(urls.map((url) => post(http, `${url}${path}`, form, bounds)));
  }

  return {
    async instant(source, promql, at, bounds) {
      const form = { query: promql, time: String(at / SECOND), timeout: `${bounds.timeoutMs}ms` };
      const answer = await ask(source, '/api/v1/query', form, bounds);
      return answer.kind === 'failed' ? answer : { kind: 'ok', value: answer.value.flatMap(toSample) };
    },

    async range(source, promql, window, bounds) {
      const form = {
        query: promql,
        start: String(window.from / SECOND),
        end: String(window.to / SECOND),
        step: String(window.stepSeconds),
        timeout: `${bounds.timeoutMs}ms`,
      };
      const answer = await ask(source, '/api/v1/query_range', form, bounds);
      return answer.kind === 'failed' ? answer : { kind: 'ok', value: answer.value.flatMap(toSeries) };
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

async function post(
  http: AxiosInstance,
  url: string,
  form: Record<string, string>,
  bounds: Bounds,
): Promise<ProbeResult<unknown[]>> {
  try {
    const { data } = await http.post<unknown>(url, new URLSearchParams(form), {
      timeout: bounds.timeoutMs,
      signal: bounds.signal,
    });
    const result = resultOf(data);
    return result
      ? { kind: 'ok', value: result }
      : { kind: 'failed', reason: 'the answer was not one of Prometheus' };
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

/** `data.result` as a list. A scalar or a string is one bare pair: a sample without labels. */
function resultOf(answer: unknown): unknown[] | undefined {
  if (!isRecord(answer) || answer.status !== 'success' || !isRecord(answer.data)) return undefined;
  const { result, resultType } = answer.data;
  if (resultType === 'scalar') return [{ metric: {}, value: result }];
  return Array.isArray(result) && resultType !== 'string' ? result : undefined;
}

function toSample(entry: unknown): Sample[] {
  if (!isRecord(entry)) return [];
  const point = toPoint(entry.value);
  return point === undefined ? [] : [{ labels: toLabels(entry.metric), value: point[1] }];
}

function toSeries(entry: unknown): Series[] {
  if (!isRecord(entry) || !Array.isArray(entry.values)) return [];
  const points = entry.values.flatMap((value: unknown) => {
    const point = toPoint(value);
    return point === undefined ? [] : [point];
  });
  return [{ labels: toLabels(entry.metric), points }];
}

/** `[seconds, "value"]`; the value is a string, because JSON has no NaN and no infinity. */
function toPoint(value: unknown): [number, number] | undefined {
  if (!Array.isArray(value) || typeof value[0] !== 'number' || typeof value[1] !== 'string') return undefined;
  return [value[0] * SECOND, numberOf(value[1])];
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}

function toLabels(metric: unknown): Record<string, string> {
  if (!isRecord(metric)) return {};
  return Object.fromEntries(
    Object.entries(metric).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
