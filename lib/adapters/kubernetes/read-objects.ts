import type {
  ClusterEvent,
  Pod,
  PodContainer,
  PodUsage,
  Resources,
} from '../../core/diagnosis/checks/probe.ts';
import type { Millis } from '../../core/shared/time.ts';
import type {
  Amounts,
  ContainerState,
  ContainerStatus,
  DeploymentObject,
  EventObject,
  PodMetricsObject,
  PodObject,
} from './answer-schema.ts';
import { getPodStatus, hasCondition } from './pod-status.ts';
import { parseQuantity } from './quantity.ts';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** A pod of the core API. */
export function toPod(object: PodObject): Pod {
  const { metadata, spec, status } = object;
  const states = new Map((status.containerStatuses ?? []).map((state) => [state.name, state]));
  return {
    name: metadata.name,
    status: getPodStatus(object),
    ready: hasCondition(status, 'Ready'),
    finished: status.phase === 'Succeeded',
    node: spec.nodeName ?? '',
    createdAt: parseTime(metadata.creationTimestamp) ?? 0,
    containers: spec.containers.map((container) => toContainer(container, states.get(container.name))),
  };
}

function toContainer(
  { name, resources }: PodObject['spec']['containers'][number],
  state: ContainerStatus | undefined,
): PodContainer {
  return {
    name,
    restarts: state?.restartCount ?? 0,
    lastExit: toExit(state?.state) ?? toExit(state?.lastState),
    requests: toResources(resources?.requests),
    limits: toResources(resources?.limits),
  };
}

function toExit(state: ContainerState | null | undefined): PodContainer['lastExit'] {
  const { finishedAt, reason, exitCode } = state?.terminated ?? {};
  const at = parseTime(finishedAt);
  return at === undefined ? undefined : { reason: reason || 'Error', exitCode: exitCode ?? 0, at };
}

/** The container whose log is read when none is named, chosen as kubectl does. */
export function findDefaultContainer({ metadata, spec }: PodObject): string | undefined {
  return metadata.annotations?.[DEFAULT_CONTAINER] || spec.containers[0]?.name;
}

/** A pod's metrics of metrics.k8s.io. */
export function toPodUsage({ metadata, containers }: PodMetricsObject): PodUsage {
  return {
    pod: metadata.name,
    containers: containers.map(({ name, usage }) => ({ name, ...toResources(usage) })),
  };
}

function toResources(amounts: Amounts): Resources {
  const cores = parseQuantity(amounts?.cpu);
  const bytes = parseQuantity(amounts?.memory);
  return {
    cpuMillicores: cores === undefined ? undefined : Math.round(cores * 1_000),
    memoryBytes: bytes === undefined ? undefined : Math.round(bytes),
  };
}

/** An event of the core API. Its writer decides which times it has. */
export function toClusterEvent(event: EventObject): ClusterEvent & { name: string; kind: string } {
  const { kind, name } = event.involvedObject;
  const lastSeenAt =
    parseTime(event.series?.lastObservedTime) ??
    parseTime(event.lastTimestamp) ??
    parseTime(event.eventTime) ??
    parseTime(event.metadata?.creationTimestamp);
  return {
    kind,
    name,
    object: `${kind}/${name}`,
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: event.series?.count ?? event.count ?? 1,
    lastSeenAt: lastSeenAt ?? 0,
  };
}

/** The pods that a deployment owns, as a label selector; `undefined` when it names none. */
export function toLabelSelector({ spec: { selector } }: DeploymentObject): string | undefined {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(toRequirement);
  const all = [...labels, ...expressions];
  return all.length > 0 ? all.join(',') : undefined;
}

type Expression = NonNullable<DeploymentObject['spec']['selector']['matchExpressions']>[number];

function toRequirement({ key, operator, values }: Expression): string {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Exists':
      return key;
  }
}

/** RFC 3339, as milliseconds. */
function parseTime(written: string | null | undefined): Millis | undefined {
  return written ? Date.parse(written) : undefined;
}
