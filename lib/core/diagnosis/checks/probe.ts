import type { PodScope } from '../../runbook/runbook.ts';
import type { Millis } from '../../shared/time.ts';
import type { Cell } from '../findings/finding.ts';

/**
 * Raw answer of one bounded read. `failed` is an expected outcome. Its reason is one sentence for people
 * without credentials (`could not connect: too many clients already`).
 */
export type ProbeResult<T> = { kind: 'ok'; value: T } | { kind: 'failed'; reason: string };

/** `count`: number of rows including those cut off, counted up to a limit; absent: unknown. */
export type SqlResult = { columns: string[]; rows: Cell[][]; truncated: boolean; count?: number };
export type Sample = { labels: Record<string, string>; value: number };
export type Series = { labels: Record<string, string>; points: [Millis, number][] };
export type ActiveAlert = {
  fingerprint: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Absent: Alertmanager gave none. */
  generatorURL?: string;
  /** Alertmanager's receivers for this alert. Absent: Alertmanager named none. */
  receivers?: string[];
  startsAt: Millis;
  state: 'active' | 'suppressed' | 'unprocessed';
};

/** Limits of every read. `signal` aborts at the step's timeout or the diagnosis' deadline. */
export type Bounds = { timeoutMs: number; maxRows: number; maxBytes: number; signal: AbortSignal };

/** Read-only SQL over the extended protocol. Implemented by lib/adapters/postgres. */
export interface SqlProbe {
  query(sql: string, params: Cell[], bounds: Bounds): Promise<ProbeResult<SqlResult>>;
  /** Gives its connections back to the server: those that no query uses, and those whose query was aborted. */
  release(): Promise<void>;
}

/** Prometheus' query API of one source. Implemented by lib/adapters/prometheus. */
export interface PrometheusProbe {
  instant(source: string, promql: string, at: Millis, bounds: Bounds): Promise<ProbeResult<Sample[]>>;
  range(
    source: string,
    promql: string,
    window: { from: Millis; to: Millis; stepSeconds: number },
    bounds: Bounds,
  ): Promise<ProbeResult<Series[]>>;
}

/** `listed`: what was read where not all could be: those alerts are there, and of others nothing can be told. */
export type ListedAlerts =
  | { kind: 'ok'; value: ActiveAlert[] }
  | { kind: 'failed'; reason: string; listed?: ActiveAlert[] };

/**
 * Alertmanager's API of one source. Asks all peers; an alert is active if any peer has it. Fails only if a
 * peer gave no answer, so that absence is unknown. Implemented by lib/adapters/alertmanager.
 */
export interface AlertmanagerProbe {
  alerts(source: string, bounds: Bounds): Promise<ListedAlerts>;
}

/** What one container may use, or uses; absent: no limit, or unknown. */
export type Resources = { cpuMillicores?: number; memoryBytes?: number };

export type PodContainer = {
  name: string;
  restarts: number;
  /** Its last exit: before a restart, or for good. */
  lastExit?: { reason: string; exitCode: number; at: Millis };
  requests: Resources;
  limits: Resources;
};

export type Pod = {
  name: string;
  /** As kubectl shows it: `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating` … */
  status: string;
  ready: boolean;
  /** It completed successfully, as jobs do. Such a pod is not ready, but needs no attention. */
  finished: boolean;
  node: string;
  createdAt: Millis;
  containers: PodContainer[];
};

export type PodUsage = { pod: string; containers: ({ name: string } & Resources)[] };

/** A warning that occurred `count` times. */
export type ClusterEvent = {
  reason: string;
  /** `Pod/api-7d9c…` */
  object: string;
  message: string;
  count: number;
  lastSeenAt: Millis;
};

/** `tail` counts lines from the end of each pod's log, before `grep` filters them. */
export type LogRequest = PodScope & { container?: string; tail: number; grep?: string; previous: boolean };

export type LogExcerpt = {
  /** Pods whose logs were read. */
  pods: string[];
  /** Further pods: beyond the limit, or with an unreadable log. */
  unread: number;
  /** The newest matching lines, oldest first; at most the bounds' rows. */
  lines: { pod: string; text: string }[];
  matched: number;
  read: number;
};

/**
 * Reads of the Kubernetes API, with valid names only. Logs are streamed, never held whole. Implemented by
 * lib/adapters/kubernetes.
 */
export interface KubernetesProbe {
  pods(scope: PodScope, bounds: Bounds): Promise<ProbeResult<Pod[]>>;
  usage(scope: PodScope, bounds: Bounds): Promise<ProbeResult<PodUsage[]>>;
  /** Only warnings, about the pods and their owners. */
  events(scope: PodScope, bounds: Bounds): Promise<ProbeResult<ClusterEvent[]>>;
  logs(request: LogRequest, bounds: Bounds): Promise<ProbeResult<LogExcerpt>>;
}

/** An answer with any status; the body is cut at the bounds' bytes. */
export type HttpAnswer = { status: number; body: string; tookMs: number };
export type MetricSample = Sample & { name: string };

/** GETs of hosts in HTTP_TARGETS, and of no others. Implemented by lib/adapters/http. */
export interface HttpProbe {
  /** Whether HTTP_TARGETS names it. */
  has(target: string): boolean;
  get(target: string, path: string, bounds: Bounds): Promise<ProbeResult<HttpAnswer>>;
  /** Samples whose metric name matches, in the page's order, and the count of all matches. */
  metrics(
    target: string,
    path: string,
    match: string,
    bounds: Bounds,
  ): Promise<ProbeResult<{ samples: MetricSample[]; count: number }>>;
}
