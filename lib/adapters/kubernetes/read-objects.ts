import type {
  ClusterEvent,
  Pod,
  PodContainer,
  PodUsage,
  Resources,
} from '../../core/diagnosis/checks/probe.ts';
import { listAt, numberAt, recordAt, textAt, timeAt } from './json-fields.ts';
import { hasCondition, podStatus } from './pod-status.ts';
import { parseQuantity } from './quantity.ts';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** A pod of the core API; `undefined` when it is none. */
export function podOf(entry: unknown): Pod | undefined {
  const metadata = recordAt(entry, 'metadata');
  const spec = recordAt(entry, 'spec');
  const status = recordAt(entry, 'status');
  const name = textAt(metadata, 'name');
  if (name === undefined || status === undefined) return undefined;
  const states = new Map(listAt(status, 'containerStatuses').map((state) => [textAt(state, 'name'), state]));
  return {
    name,
    status: podStatus(entry),
    ready: hasCondition(status, 'Ready'),
    finished: textAt(status, 'phase') === 'Succeeded',
    node: textAt(spec, 'nodeName') ?? '',
    createdAt: timeAt(metadata, 'creationTimestamp') ?? 0,
    containers: listAt(spec, 'containers').map((container) =>
      containerOf(container, states.get(textAt(container, 'name'))),
    ),
  };
}

function containerOf(container: unknown, state: unknown): PodContainer {
  const resources = recordAt(container, 'resources');
  const lastExit = exitOf(recordAt(state, 'state')) ?? exitOf(recordAt(state, 'lastState'));
  return {
    name: textAt(container, 'name') ?? '',
    restarts: numberAt(state, 'restartCount') ?? 0,
    ...(lastExit === undefined ? {} : { lastExit }),
    requests: resourcesOf(recordAt(resources, 'requests')),
    limits: resourcesOf(recordAt(resources, 'limits')),
  };
}

function exitOf(state: unknown): PodContainer['lastExit'] {
  const terminated = recordAt(state, 'terminated');
  const at = timeAt(terminated, 'finishedAt');
  if (at === undefined) return undefined;
  return {
    reason: textAt(terminated, 'reason') ?? 'Error',
    exitCode: numberAt(terminated, 'exitCode') ?? 0,
    at,
  };
}

/** Whose log is meant when no container is named, as kubectl decides it. */
export function defaultContainer(entry: unknown): string | undefined {
  const named = textAt(recordAt(recordAt(entry, 'metadata'), 'annotations'), DEFAULT_CONTAINER);
  return named ?? textAt(listAt(recordAt(entry, 'spec'), 'containers')[0], 'name');
}

/** A pod's metrics of metrics.k8s.io; `undefined` when it is none. */
export function usageOf(entry: unknown): PodUsage | undefined {
  const pod = textAt(recordAt(entry, 'metadata'), 'name');
  if (pod === undefined) return undefined;
  const containers = listAt(entry, 'containers').map((container) => ({
    name: textAt(container, 'name') ?? '',
    ...resourcesOf(recordAt(container, 'usage')),
  }));
  return { pod, containers };
}

function resourcesOf(amounts: unknown): Resources {
  const cores = parseQuantity(textAt(amounts, 'cpu'));
  const bytes = parseQuantity(textAt(amounts, 'memory'));
  return {
    ...(cores === undefined ? {} : { cpuMillicores: Math.round(cores * 1_000) }),
    ...(bytes === undefined ? {} : { memoryBytes: Math.round(bytes) }),
  };
}

/** An event of the core API; `undefined` when it is none. Which times it has depends on who wrote it. */
export function eventOf(entry: unknown): (ClusterEvent & { name: string; kind: string }) | undefined {
  const about = recordAt(entry, 'involvedObject');
  const kind = textAt(about, 'kind');
  const name = textAt(about, 'name');
  if (kind === undefined || name === undefined) return undefined;
  const series = recordAt(entry, 'series');
  const lastSeenAt =
    timeAt(series, 'lastObservedTime') ??
    timeAt(entry, 'lastTimestamp') ??
    timeAt(entry, 'eventTime') ??
    timeAt(recordAt(entry, 'metadata'), 'creationTimestamp');
  return {
    kind,
    name,
    object: `${kind}/${name}`,
    reason: textAt(entry, 'reason') ?? '',
    message: textAt(entry, 'message') ?? '',
    count: numberAt(series, 'count') ?? numberAt(entry, 'count') ?? 1,
    lastSeenAt: lastSeenAt ?? 0,
  };
}

/** The pods that a deployment owns, as a label selector; `undefined` when it names none. */
export function selectorOf(deployment: unknown): string | undefined {
  const selector = recordAt(recordAt(deployment, 'spec'), 'selector');
  const labels = Object.entries(recordAt(selector, 'matchLabels') ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  const expressions = listAt(selector, 'matchExpressions').map(requirementOf);
  const all = [...labels, ...expressions];
  return all.length > 0 ? all.join(',') : undefined;
}

function requirementOf(expression: unknown): string {
  const key = textAt(expression, 'key') ?? '';
  const values = listAt(expression, 'values').join(',');
  const operator = textAt(expression, 'operator');
  if (operator === 'In' || operator === 'NotIn') return `${key} ${operator.toLowerCase()} (${values})`;
  return operator === 'DoesNotExist' ? `!${key}` : key;
}
