import type {
  Bounds,
  ClusterEvent,
  KubernetesProbe,
  PodUsage,
  ProbeResult,
} from '../../core/diagnosis/checks/probe.ts';
import type { PodScope } from '../../core/runbook/runbook.ts';
import {
  deploymentSchema,
  eventSchema,
  listOf,
  oneOf,
  type PodObject,
  podMetricsSchema,
  podSchema,
} from './answer-schema.ts';
import {
  createKubernetesApi,
  type KubernetesAccess,
  type KubernetesApi,
  type Query,
} from './kubernetes-api.ts';
import { readLogs } from './read-logs.ts';
import { toClusterEvent, toLabelSelector, toPod, toPodUsage } from './read-objects.ts';

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
    pods: async (scope, bounds) => mapAnswer(await listPods(api, scope, bounds), toPod),
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
): Promise<ProbeResult<PodObject[]>> {
  const path = inNamespace(scope, 'pods');
  if (scope.pod !== undefined) return api.json([...path, scope.pod], {}, oneOf('Pod', podSchema), bounds);
  const selector = await findSelector(api, scope, bounds);
  if (selector.kind === 'failed') return selector;
  return api.json(path, selector.value, listOf('Pod', podSchema), bounds);
}

async function usage(api: KubernetesApi, scope: PodScope, bounds: Bounds): Promise<ProbeResult<PodUsage[]>> {
  const path = [...METRICS, 'namespaces', scope.namespace, 'pods'];
  if (scope.pod !== undefined) {
    const schema = oneOf('PodMetrics', podMetricsSchema);
    return mapAnswer(await api.json([...path, scope.pod], {}, schema, bounds), toPodUsage);
  }
  const selector = await findSelector(api, scope, bounds);
  if (selector.kind === 'failed') return selector;
  const schema = listOf('PodMetrics', podMetricsSchema);
  return mapAnswer(await api.json(path, selector.value, schema, bounds), toPodUsage);
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
  const deployment = await api.json(path, {}, oneOf('Deployment', deploymentSchema), bounds);
  if (deployment.kind === 'failed') return deployment;
  const [labelSelector] = deployment.value.map(toLabelSelector);
  if (labelSelector === undefined) return { kind: 'failed', reason: 'the deployment selects no pods' };
  return { kind: 'ok', value: { labelSelector } };
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
    api.json(inNamespace(scope, 'events'), query, listOf('Event', eventSchema), bounds),
    isNarrow ? listPods(api, scope, bounds) : undefined,
  ]);
  const warnings = mapAnswer(notified, toClusterEvent);
  if (warnings.kind === 'failed' || pods === undefined) return warnings;
  if (pods.kind === 'failed') return pods;
  const names = pods.value.map(({ metadata }) => metadata.name);
  return { kind: 'ok', value: warnings.value.filter(concerning(scope.deployment, names)) };
}

/** True if an event is about one of these pods, the deployment, its replica sets, or its former pods. */
function concerning(deployment: string | undefined, pods: string[]) {
  const names = new Set(pods);
  return ({ kind, name }: { kind: string; name: string }): boolean => {
    if (names.has(name)) return true;
    if (deployment === undefined || !name.startsWith(deployment)) return false;
    const rest = name.slice(deployment.length);
    if (kind === 'ReplicaSet') return /^-[a-z0-9]{1,10}$/.test(rest);
    return kind === 'Pod' ? /^-[a-z0-9]{1,10}-[a-z0-9]{5}$/.test(rest) : rest === '';
  };
}

function inNamespace({ namespace }: PodScope, resource: 'pods' | 'events') {
  return ['api', 'v1', 'namespaces', namespace, resource];
}

function mapAnswer<T, U>(answer: ProbeResult<T[]>, convert: (entry: T) => U): ProbeResult<U[]> {
  return answer.kind === 'failed' ? answer : { kind: 'ok', value: answer.value.map(convert) };
}
