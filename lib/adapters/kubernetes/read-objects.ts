import type {
  ClusterEvent,
  Pod,
  PodContainer,
  PodUsage,
  Resources,
} from '../../core/diagnosis/checks/probe.ts';
import { getList, getNumber, getRecord, getText, getTime } from './json-fields.ts';
import { getPodStatus, hasCondition } from './pod-status.ts';
import { parseQuantity } from './quantity.ts';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** A pod of the core API; `undefined` for any other object. */
export function toPod(entry: unknown): Pod | undefined {
  const metadata = getRecord(entry, 'metadata');
  const spec = getRecord(entry, 'spec');
  const status = getRecord(entry, 'status');
  const name = getText(metadata, 'name');
  if (name === undefined || status === undefined) return undefined;
  const states = new Map(
    getList(status, 'containerStatuses').map((state) => [getText(state, 'name'), state]),
  );
  return {
    name,
    status: getPodStatus(entry),
    ready: hasCondition(status, 'Ready'),
    finished: getText(status, 'phase') === 'Succeeded',
    node: getText(spec, 'nodeName') ?? '',
    createdAt: getTime(metadata, 'creationTimestamp') ?? 0,
    containers: getList(spec, 'containers').map((container) =>
      containerOf(container, states.get(getText(container, 'name'))),
    ),
  };
}

function containerOf(container: unknown, state: unknown): PodContainer {
  const resources = getRecord(container, 'resources');
  const lastExit = exitOf(getRecord(state, 'state')) ?? exitOf(getRecord(state, 'lastState'));
  return {
    name: getText(container, 'name') ?? '',
    restarts: getNumber(state, 'restartCount') ?? 0,
    lastExit,
    requests: resourcesOf(getRecord(resources, 'requests')),
    limits: resourcesOf(getRecord(resources, 'limits')),
  };
}

function exitOf(state: unknown): PodContainer['lastExit'] {
  const terminated = getRecord(state, 'terminated');
  const at = getTime(terminated, 'finishedAt');
  if (at === undefined) return undefined;
  return {
    reason: getText(terminated, 'reason') ?? 'Error',
    exitCode: getNumber(terminated, 'exitCode') ?? 0,
    at,
  };
}

/** The container whose log is read when none is named, chosen as kubectl does. */
export function findDefaultContainer(entry: unknown): string | undefined {
  const named = getText(getRecord(getRecord(entry, 'metadata'), 'annotations'), DEFAULT_CONTAINER);
  return named ?? getText(getList(getRecord(entry, 'spec'), 'containers')[0], 'name');
}

/** A pod's metrics of metrics.k8s.io; `undefined` for any other object. */
export function toPodUsage(entry: unknown): PodUsage | undefined {
  const pod = getText(getRecord(entry, 'metadata'), 'name');
  if (pod === undefined) return undefined;
  const containers = getList(entry, 'containers').map((container) => ({
    name: getText(container, 'name') ?? '',
    ...resourcesOf(getRecord(container, 'usage')),
  }));
  return { pod, containers };
}

function resourcesOf(amounts: unknown): Resources {
  const cores = parseQuantity(getText(amounts, 'cpu'));
  const bytes = parseQuantity(getText(amounts, 'memory'));
  return {
    cpuMillicores: cores === undefined ? undefined : Math.round(cores * 1_000),
    memoryBytes: bytes === undefined ? undefined : Math.round(bytes),
  };
}

/** An event of the core API; `undefined` for any other object. Its writer decides which times it has. */
export function toClusterEvent(entry: unknown): (ClusterEvent & { name: string; kind: string }) | undefined {
  const about = getRecord(entry, 'involvedObject');
  const kind = getText(about, 'kind');
  const name = getText(about, 'name');
  if (kind === undefined || name === undefined) return undefined;
  const series = getRecord(entry, 'series');
  const lastSeenAt =
    getTime(series, 'lastObservedTime') ??
    getTime(entry, 'lastTimestamp') ??
    getTime(entry, 'eventTime') ??
    getTime(getRecord(entry, 'metadata'), 'creationTimestamp');
  return {
    kind,
    name,
    object: `${kind}/${name}`,
    reason: getText(entry, 'reason') ?? '',
    message: getText(entry, 'message') ?? '',
    count: getNumber(series, 'count') ?? getNumber(entry, 'count') ?? 1,
    lastSeenAt: lastSeenAt ?? 0,
  };
}

/** The pods that a deployment owns, as a label selector; `undefined` when it names none. */
export function toLabelSelector(deployment: unknown): string | undefined {
  const selector = getRecord(getRecord(deployment, 'spec'), 'selector');
  const labels = Object.entries(getRecord(selector, 'matchLabels') ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  const expressions = getList(selector, 'matchExpressions').map(requirementOf);
  const all = [...labels, ...expressions];
  return all.length > 0 ? all.join(',') : undefined;
}

function requirementOf(expression: unknown): string {
  const key = getText(expression, 'key') ?? '';
  const values = getList(expression, 'values').join(',');
  const operator = getText(expression, 'operator');
  if (operator === 'In' || operator === 'NotIn') return `${key} ${operator.toLowerCase()} (${values})`;
  return operator === 'DoesNotExist' ? `!${key}` : key;
}
