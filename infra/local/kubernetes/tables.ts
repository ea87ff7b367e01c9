import type { KubernetesObject } from './kubernetes-object.ts';

/** One column of the output of `kubectl get`; `wide` ones only with `-o wide`. */
type Column = { name: string; wide?: boolean; cell(object: KubernetesObject, now: number): string | number };

/**
 * kubectl prints a Table that its server made of the objects. Source:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export function tableOf(resource: string, objects: KubernetesObject[], query: URLSearchParams, now: number) {
  const columns = columnsOf[resource] ?? [name, age];
  const isWhole = query.get('includeObject') === 'Object';
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '4711' },
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: 'string',
      format: column === name ? 'name' : '',
      description: column.name,
      priority: column.wide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      object: isWhole
        ? object
        : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

const name: Column = { name: 'Name', cell: ({ metadata }) => metadata.name };
const age: Column = { name: 'Age', cell: ({ metadata }, now) => since(metadata.creationTimestamp, now) };

const columnsOf: Record<string, Column[]> = {
  pods: [
    name,
    {
      name: 'Ready',
      cell: (pod) => `${String(at(pod, 'status.containerStatuses.0.ready')) === 'true' ? 1 : 0}/1`,
    },
    {
      name: 'Status',
      cell: (pod) => text(pod, 'status.containerStatuses.0.state.waiting.reason') || 'Running',
    },
    { name: 'Restarts', cell: restarts },
    age,
    { name: 'IP', wide: true, cell: (pod) => text(pod, 'status.podIP') },
    { name: 'Node', wide: true, cell: (pod) => text(pod, 'spec.nodeName') },
  ],
  deployments: [
    name,
    {
      name: 'Ready',
      cell: (each) => `${count(each, 'status.readyReplicas')}/${count(each, 'spec.replicas')}`,
    },
    { name: 'Up-to-date', cell: (each) => count(each, 'status.updatedReplicas') },
    { name: 'Available', cell: (each) => count(each, 'status.availableReplicas') },
    age,
  ],
  events: [
    { name: 'Last Seen', cell: (event, now) => since(text(event, 'lastTimestamp'), now) },
    { name: 'Type', cell: (event) => text(event, 'type') },
    { name: 'Reason', cell: (event) => text(event, 'reason') },
    { name: 'Object', cell: (event) => `pod/${text(event, 'involvedObject.name')}` },
    { name: 'Message', cell: (event) => text(event, 'message') },
    { name: 'Count', wide: true, cell: (event) => count(event, 'count') },
  ],
  namespaces: [name, { name: 'Status', cell: (each) => text(each, 'status.phase') }, age],
  nodes: [
    name,
    { name: 'Status', cell: () => 'Ready' },
    { name: 'Roles', cell: () => '<none>' },
    age,
    { name: 'Version', cell: (node) => text(node, 'status.nodeInfo.kubeletVersion') },
  ],
};

function restarts(pod: KubernetesObject, now: number): string {
  const times = count(pod, 'status.containerStatuses.0.restartCount');
  const ended = text(pod, 'status.containerStatuses.0.lastState.terminated.finishedAt');
  return ended === '' ? String(times) : `${times} (${since(ended, now)} ago)`;
}

/** `25s`, `13m`, `26h`, `9d`. */
function since(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 3 * 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

function at(object: KubernetesObject, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => Object(inner)[key], object);
}

function text(object: KubernetesObject, path: string): string {
  const found = at(object, path);
  return typeof found === 'string' ? found : '';
}

function count(object: KubernetesObject, path: string): number {
  const found = at(object, path);
  return typeof found === 'number' ? found : 0;
}
