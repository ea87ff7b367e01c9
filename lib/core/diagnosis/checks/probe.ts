import type { PodScope } from '../../runbook/runbook.ts';
import type { Millis } from '../../shared/time.ts';
import type { Cell } from '../findings/finding.ts';

/**
 * Raw answer of one bounded read. `failed` is an expected outcome: its reason is one sentence for people
 * (`could not connect: too many clients already`), already free of credentials.
 */
export type ProbeResult<T> = { kind: 'ok'; value: T } | { kind: 'failed'; reason: string };

/** `count` is how many rows there are with those that were cut, itself counted up to a bound; absent: none is known. */
export type SqlResult = { columns: string[]; rows: Cell[][]; truncated: boolean; count?: number };
export type Sample = { labels: Record<string, string>; value: number };
export type Series = { labels: Record<string, string>; points: [Millis, number][] };
export type ActiveAlert = {
  fingerprint: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Absent: not said. */
  generatorURL?: string;
  /** Names of Alertmanager's receivers that it is routed to. Absent: not said. */
  receivers?: string[];
  startsAt: Millis;
  state: 'active' | 'suppressed' | 'unprocessed';
};

/** Bounds that every read keeps. `signal` aborts at the step's timeout or the diagnosis' deadline. */
export type Bounds = { timeoutMs: number; maxRows: number; maxBytes: number; signal: AbortSignal };

/** Read-only SQL over the extended protocol. Implemented by adapters/postgres. */
export interface SqlProbe {
  query(sql: string, params: Cell[], bounds: Bounds): Promise<ProbeResult<SqlResult>>;
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

/** `listed`: what was read where not all could be: those alerts are there, and of others nothing can be told. */
export type ListedAlerts =
  | { kind: 'ok'; value: ActiveAlert[] }
  | { kind: 'failed'; reason: string; listed?: ActiveAlert[] };

/**
 * Alertmanager's API of one source, all peers asked; an alert is active when any peer has it.
 * Fails only when some peer could not be asked and so absence cannot be told. Implemented by adapters/alertmanager.
 */
export interface AlertmanagerProbe {
  alerts(source: string, bounds: Bounds): Promise<ListedAlerts>;
}

/** What one container may use or uses; `undefined`: no bound, or not said. */
export type Resources = { cpuMillicores?: number; memoryBytes?: number };

export type PodContainer = {
  name: string;
  restarts: number;
  /** How it ended last: before its restart, or for good. */
  lastExit?: { reason: string; exitCode: number; at: Millis };
  requests: Resources;
  limits: Resources;
};

export type Pod = {
  name: string;
  /** In kubectl's words: `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating` … */
  status: string;
  ready: boolean;
  /** It did what it was for and ended well, as jobs do. Such a pod is not ready and needs nobody. */
  finished: boolean;
  node: string;
  createdAt: Millis;
  containers: PodContainer[];
};

export type PodUsage = { pod: string; containers: ({ name: string } & Resources)[] };

/** A warning, told `count` times. */
export type ClusterEvent = {
  reason: string;
  /** `Pod/api-7d9c…` */
  object: string;
  message: string;
  count: number;
  lastSeenAt: Millis;
};

/** `tail` counts lines from the end of each pod's log, before `grep` chooses among them. */
export type LogRequest = PodScope & { container?: string; tail: number; grep?: string; previous: boolean };

export type LogExcerpt = {
  /** Whose logs were read. */
  pods: string[];
  /** How many further pods there were: beyond the bound, or their log could not be read. */
  unread: number;
  /** The newest lines that match, oldest of them first; at most the bounds' rows. */
  lines: { pod: string; text: string }[];
  matched: number;
  read: number;
};

/**
 * Reads of Kubernetes' API. Names are valid ones by then. A log is streamed, never held whole, whatever its size.
 * Implemented by adapters/kubernetes.
 */
export interface KubernetesProbe {
  pods(scope: PodScope, bounds: Bounds): Promise<ProbeResult<Pod[]>>;
  usage(scope: PodScope, bounds: Bounds): Promise<ProbeResult<PodUsage[]>>;
  /** Warnings only, about the pods and what they belong to. */
  events(scope: PodScope, bounds: Bounds): Promise<ProbeResult<ClusterEvent[]>>;
  logs(request: LogRequest, bounds: Bounds): Promise<ProbeResult<LogExcerpt>>;
}

/** An answer of any status; the body is cut at the bounds' bytes. */
export type HttpAnswer = { status: number; body: string; tookMs: number };
export type MetricSample = Sample & { name: string };

/** GETs of hosts that HTTP_TARGETS names, and of no others. Implemented by adapters/http. */
export interface HttpProbe {
  /** Whether HTTP_TARGETS names it. */
  has(target: string): boolean;
  get(target: string, path: string, bounds: Bounds): Promise<ProbeResult<HttpAnswer>>;
  /** Samples whose metric's name matches, in the page's order, and how many there are in all. */
  metrics(
    target: string,
    path: string,
    match: string,
    bounds: Bounds,
  ): Promise<ProbeResult<{ samples: MetricSample[]; count: number }>>;
}
