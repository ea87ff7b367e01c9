import { type Cluster, clusterObjects } from './cluster-objects.ts';
import { discovery } from './discovery.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { podName, sampleWorkloads } from './sample-cluster.ts';
import { previousLog, type SampleLine, sampleLog } from './sample-logs.ts';
import { fieldMatcher, labelMatcher } from './selectors.ts';
import { tableOf } from './tables.ts';

/** An answer: JSON, or text. `open`: it ends only when the client leaves, like a watch without events. */
export type ClusterAnswer = { status: number; body: unknown; open?: boolean };

type Resource = {
  objects: keyof Cluster;
  name: string;
  listKind: string;
  apiVersion: string;
  metrics?: boolean;
};

const resources: Readonly<Record<string, Resource>> = {
  'api/v1/namespaces': {
    objects: 'namespaces',
    name: 'namespaces',
    listKind: 'NamespaceList',
    apiVersion: 'v1',
  },
  'api/v1/nodes': { objects: 'nodes', name: 'nodes', listKind: 'NodeList', apiVersion: 'v1' },
  'api/v1/pods': { objects: 'pods', name: 'pods', listKind: 'PodList', apiVersion: 'v1' },
  'api/v1/events': { objects: 'events', name: 'events', listKind: 'EventList', apiVersion: 'v1' },
  'apis/apps/v1/deployments': {
    objects: 'deployments',
    name: 'deployments.apps',
    listKind: 'DeploymentList',
    apiVersion: 'apps/v1',
  },
  'apis/metrics.k8s.io/v1beta1/pods': {
    objects: 'podMetrics',
    name: 'podmetrics.metrics.k8s.io',
    listKind: 'PodMetricsList',
    apiVersion: 'metrics.k8s.io/v1beta1',
  },
  'apis/metrics.k8s.io/v1beta1/nodes': {
    objects: 'nodeMetrics',
    name: 'nodemetrics.metrics.k8s.io',
    listKind: 'NodeMetricsList',
    apiVersion: 'metrics.k8s.io/v1beta1',
  },
};

/** `/api/v1[/namespaces/N]/RESOURCE[/NAME[/SUBRESOURCE]]`, and the same under /apis/GROUP/VERSION. */
const PATH =
  /^\/(api\/v1|apis\/[\w.]+\/\w+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/;

/** Answers GETs about the sample cluster, whose trouble always has the same age. */
export function serveCluster(clock: () => number): (url: URL, accept: string) => ClusterAnswer {
  return (url, accept) => {
    const now = clock();
    const cluster = clusterObjects(now);
    const { pathname, searchParams: query } = url;
    const described = Object.hasOwn(discovery, pathname) ? discovery[pathname] : undefined;
    if (described !== undefined) return { status: 200, body: described };
    const [, group = '', namespace, plural = '', name, sub] = PATH.exec(pathname) ?? [];
    const resource = resources[`${group}/${plural}`];
    if (resource === undefined)
      return failure(404, 'NotFound', 'the server could not find the requested resource');
    const objects = cluster[resource.objects].filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === decoded(namespace),
    );
    if (name === undefined) return listed(resource, plural, objects, query, accept, now);
    const object = objects.find(({ metadata }) => metadata.name === decoded(name));
    if (object === undefined)
      return failure(404, 'NotFound', `${resource.name} "${decoded(name)}" not found`);
    if (sub === 'log' && resource.objects === 'pods') return podLog(object.metadata.name, query, now);
    if (sub !== undefined) return readOnly();
    if (!accept.includes('as=Table')) return { status: 200, body: object };
    return { status: 200, body: tableOf(plural, [object], query, now) };
  };
}

/** Requests that would change something, or run something in a container. */
export function readOnly(): ClusterAnswer {
  return failure(403, 'Forbidden', 'forbidden: this stand-in of a cluster can only be read');
}

/** An error in Kubernetes' format. */
export function failure(code: number, reason: string, message: string): ClusterAnswer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { status: code, body: status };
}

function listed(
  resource: Resource,
  plural: string,
  objects: KubernetesObject[],
  query: URLSearchParams,
  accept: string,
  now: number,
): ClusterAnswer {
  const labels = query.get('labelSelector') ?? '';
  const matches = labels === '' ? () => true : labelMatcher(labels);
  if (matches === undefined) return failure(400, 'BadRequest', `unable to parse requirement: ${labels}`);
  const fields = query.get('fieldSelector') ?? '';
  const fits = fields === '' ? () => true : fieldMatcher(fields);
  const found = objects.filter((object) => matches(object) && fits(object));
  if (/^(true|1)$/.test(query.get('watch') ?? '')) return { status: 200, body: '', open: true };
  if (accept.includes('as=Table')) return { status: 200, body: tableOf(plural, found, query, now) };
  const { listKind, apiVersion } = resource;
  return {
    status: 200,
    body: { kind: listKind, apiVersion, metadata: { resourceVersion: '4711' }, items: found },
  };
}

function podLog(pod: string, query: URLSearchParams, now: number): ClusterAnswer {
  const workload = sampleWorkloads.find((each) => podName(each) === pod);
  const deployment = workload?.deployment ?? '';
  const container = query.get('container') ?? deployment;
  if (container !== deployment) {
    return failure(400, 'BadRequest', `container ${container} is not valid for pod ${pod}`);
  }
  let lines: SampleLine[];
  if (query.get('previous') === 'true') {
    const exit = workload?.lastExit;
    if (exit === undefined) {
      const message = `previous terminated container "${container}" in pod "${pod}" not found`;
      return failure(400, 'BadRequest', message);
    }
    lines = previousLog(deployment, exit, now);
  } else lines = sampleLog(deployment, now);
  const since = Number(query.get('sinceSeconds') ?? Number.POSITIVE_INFINITY);
  const recent = lines.filter(({ ago }) => ago <= since);
  const tail = Number(query.get('tailLines') ?? recent.length);
  const isStamped = query.get('timestamps') === 'true';
  const written = recent
    .slice(Math.max(0, recent.length - tail))
    .map(({ ago, text }) => `${isStamped ? `${stamp(now - ago * 1_000)} ` : ''}${text}\n`);
  return { status: 200, body: written.join('') };
}

/** With nine digits of a second, as kubelet writes it. */
function stamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '000000Z');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
