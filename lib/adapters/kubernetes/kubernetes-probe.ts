import type {
  Bounds,
  ClusterEvent,
  KubernetesProbe,
  Pod,
  PodUsage,
  ProbeResult,
} from '../../core/diagnosis/checks/probe.ts';
import type { PodScope } from '../../core/runbook/runbook.ts';
import { getList } from './json-fields.ts';
import {
  createKubernetesApi,
  type KubernetesAccess,
  type KubernetesApi,
  type Path,
  type Query,
} from './kubernetes-api.ts';
import { readLogs } from './read-logs.ts';
import { toClusterEvent, toLabelSelector, toPod, toPodUsage } from './read-objects.ts';

const NOT_KUBERNETES = { kind: 'failed', reason: 'the answer was not one of Kubernetes' } as const;
/** Logs end a little before the step, so that a pod on a lost node does not cost the answers of the others. */
const LOGS_WITHIN = 0.95;
const METRICS = ['apis', 'metrics.k8s.io', 'v1beta1'];

/**
 * Kubernetes' API, read by a handful of GETs: pods and their logs, events and deployments, and metrics.k8s.io, which
 * metrics-server serves. It needs the rights get and list for these.
 */
export function createKubernetesProbe(access: KubernetesAccess): KubernetesProbe {
  const api = createKubernetesApi(access);
  return {
    pods: async (scope, bounds) => all(await listPods(api, scope, bounds), toPod),
    usage: (scope, bounds) => usage(api, scope, bounds),
    events: (scope, bounds) => events(api, scope, bounds),
    async logs(request, bounds) {
      const soon = AbortSignal.timeout(Math.max(1, bounds.timeoutMs * LOGS_WITHIN));
      const early = { ...bounds, signal: AbortSignal.any([bounds.signal, soon]) };
      const pods = await listPods(api, request, early);
      return pods.kind === 'failed' ? pods : readLogs(api, request, pods.value, early);
    },
  };
}

/** The pods of a scope as the API returned them. */
async function listPods(
  api: KubernetesApi,
  scope: PodScope,
  bounds: Bounds,
): Promise<ProbeResult<unknown[]>> {
  const path = inNamespace(scope, 'pods');
  if (scope.pod !== undefined) return one(await api.json([...path, scope.pod], {}, bounds));
  const selector = await findSelector(api, scope, bounds);
  return selector.kind === 'failed' ? selector : list(api, path, selector.value, bounds);
}

async function usage(api: KubernetesApi, scope: PodScope, bounds: Bounds): Promise<ProbeResult<PodUsage[]>> {
  const path = [...METRICS, 'namespaces', scope.namespace, 'pods'];
  if (scope.pod !== undefined) return all(one(await api.json([...path, scope.pod], {}, bounds)), toPodUsage);
  const selector = await findSelector(api, scope, bounds);
  if (selector.kind === 'failed') return selector;
  return all(await list(api, path, selector.value, bounds), toPodUsage);
}

/** A deployment means its selector, as for kubectl. Without either it is the whole namespace. */
async function findSelector(
  api: KubernetesApi,
  scope: PodScope,
  bounds: Bounds,
): Promise<ProbeResult<Query>> {
  if (scope.deployment === undefined) {
    return { kind: 'ok', value: scope.selector === undefined ? {} : { labelSelector: scope.selector } };
  }
  const path = ['apis', 'apps', 'v1', 'namespaces', scope.namespace, 'deployments', scope.deployment];
  const deployment = await api.json(path, {}, bounds);
  if (deployment.kind === 'failed') return deployment;
  const labelSelector = toLabelSelector(deployment.value);
  return labelSelector === undefined ? NOT_KUBERNETES : { kind: 'ok', value: { labelSelector } };
}

async function events(
  api: KubernetesApi,
  scope: PodScope,
  bounds: Bounds,
): Promise<ProbeResult<ClusterEvent[]>> {
  const about = scope.pod === undefined ? '' : `,involvedObject.name=${scope.pod}`;
  const query = { fieldSelector: `type=Warning${about}` };
  const isNarrow = scope.deployment !== undefined || scope.selector !== undefined;
  const [notified, pods] = await Promise.all([
    list(api, inNamespace(scope, 'events'), query, bounds),
    isNarrow ? listPods(api, scope, bounds) : undefined,
  ]);
  const warnings = all(notified, toClusterEvent);
  if (warnings.kind === 'failed' || pods === undefined) return warnings;
  const known = all(pods, toPod);
  if (known.kind === 'failed') return known;
  return { kind: 'ok', value: warnings.value.filter(concerning(scope.deployment, known.value)) };
}

/** True if an event is about one of these pods, the deployment, its replica sets, or its former pods. */
function concerning(deployment: string | undefined, pods: Pod[]) {
  const names = new Set(pods.map(({ name }) => name));
  return ({ kind, name }: { kind: string; name: string }): boolean => {
    if (names.has(name)) return true;
    if (deployment === undefined || !name.startsWith(deployment)) return false;
    const rest = name.slice(deployment.length);
    if (kind === 'ReplicaSet') return /^-[a-z0-9]{1,10}$/.test(rest);
    return kind === 'Pod' ? /^-[a-z0-9]{1,10}-[a-z0-9]{5}$/.test(rest) : rest === '';
  };
}

function inNamespace({ namespace }: PodScope, resource: 'pods' | 'events'): Path {
  return ['api', 'v1', 'namespaces', namespace, resource];
}

async function list(
  api: KubernetesApi,
  path: Path,
  query: Query,
  bounds: Bounds,
): Promise<ProbeResult<unknown[]>> {
  const answer = await api.json(path, query, bounds);
  if (answer.kind === 'failed') return answer;
  const { value } = answer;
  const isList = typeof value === 'object' && value !== null && 'items' in value;
  return isList ? { kind: 'ok', value: getList(value, 'items') } : NOT_KUBERNETES;
}

function one(answer: ProbeResult<unknown>): ProbeResult<unknown[]> {
  return answer.kind === 'failed' ? answer : { kind: 'ok', value: [answer.value] };
}

/** One unreadable entry fails the whole read: skipping it would make it look absent. */
function all<T>(entries: ProbeResult<unknown[]>, of: (entry: unknown) => T | undefined): ProbeResult<T[]> {
  if (entries.kind === 'failed') return entries;
  const read = entries.value.map(of).filter((entry) => entry !== undefined);
  return read.length < entries.value.length ? NOT_KUBERNETES : { kind: 'ok', value: read };
}
