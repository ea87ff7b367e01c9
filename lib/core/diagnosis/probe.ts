import type { Millis } from '../shared/time.ts';

/** A cell as it came from a server. */
export type Scalar = string | number | boolean | null;

/**
 * Raw answer of one bounded read. `failed` is an expected outcome: its reason is one sentence for people
 * (`could not connect: too many clients already`), already free of credentials.
 */
export type ProbeResult<T> = { kind: 'ok'; value: T } | { kind: 'failed'; reason: string };

export type SqlResult = { columns: string[]; rows: Scalar[][]; truncated: boolean };
export type Sample = { labels: Record<string, string>; value: number };
export type Series = { labels: Record<string, string>; points: [Millis, number][] };
export type ActiveAlert = {
  fingerprint: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: Millis;
  state: 'active' | 'suppressed' | 'unprocessed';
};

/** Bounds that every read keeps. `signal` aborts at the step's timeout or the diagnosis' deadline. */
export type Bounds = { timeoutMs: number; maxRows: number; maxBytes: number; signal: AbortSignal };

/** Read-only SQL over the extended protocol. Implemented by adapters/postgres. */
export interface SqlProbe {
  query(sql: string, params: Scalar[], bounds: Bounds): Promise<ProbeResult<SqlResult>>;
}

/** Prometheus' query API of one source. Implemented by adapters/prometheus. */
export interface PrometheusProbe {
  instant(source: string, promql: string, at: Millis, bounds: Bounds): Promise<ProbeResult<Sample[]>>;
  range(
    source: string,
    promql: string,
    window: { from: Millis; to: Millis; stepSeconds: number },
    bounds: Bounds,
  ): Promise<ProbeResult<Series[]>>;
}

/**
 * Alertmanager's API of one source, all peers asked; an alert is active when any peer has it.
 * Fails only when some peer could not be asked and so absence cannot be told. Implemented by adapters/alertmanager.
 */
export interface AlertmanagerProbe {
  alerts(source: string, bounds: Bounds): Promise<ProbeResult<ActiveAlert[]>>;
}
