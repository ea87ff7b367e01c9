import { createHash } from 'node:crypto';
import { type At, type KubernetesObject, object, uidOf } from './kubernetes-object.ts';
import { containerSpec, labelsOf, podObject } from './pod-object.ts';
import {
  NAMESPACE,
  NODE,
  podName,
  type SampleEvent,
  type SampleWorkload,
  sampleEvents,
  sampleWorkloads,
} from './sample-cluster.ts';

/** Everything in the sample cluster, by the resource's name in URLs. */
export type Cluster = {
  namespaces: KubernetesObject[];
  nodes: KubernetesObject[];
  pods: KubernetesObject[];
  deployments: KubernetesObject[];
  events: KubernetesObject[];
  podMetrics: KubernetesObject[];
  nodeMetrics: KubernetesObject[];
};

const DAY = 86_400;
const CLUSTER_AGE = 240 * DAY;

/** Makes the sample cluster's objects; its times count back from `now`. */
export function clusterObjects(now: number): Cluster {
  const at = (ago: number) => new Date(now - ago * 1_000).toISOString().replace(/\.\d+/, '');
  const pods = sampleWorkloads.flatMap((workload) => podObject(workload, at));
  const common = { labels: { 'kubernetes.io/hostname': NODE } };
  return {
    namespaces: [
      object('v1', 'Namespace', NAMESPACE, at(CLUSTER_AGE), {}, { status: { phase: 'Active' } }, false),
    ],
    nodes: [object('v1', 'Node', NODE, at(CLUSTER_AGE), common, nodeFields(at), false)],
    pods,
    deployments: sampleWorkloads.map((workload) => deploymentObject(workload, at)),
    events: sampleEvents.map((event) => eventObject(event, pods, at)),
    podMetrics: sampleWorkloads.flatMap((workload) => metricsObject(workload, at)),
    nodeMetrics: [
      object('metrics.k8s.io/v1beta1', 'NodeMetrics', NODE, at(0), common, usageFields(at), false),
    ],
  };
}

function deploymentObject(workload: SampleWorkload, at: At): KubernetesObject {
  const replicas = workload.pod === undefined ? 0 : 1;
  const available = workload.ready ? replicas : 0;
  const matchLabels = { 'app.kubernetes.io/name': workload.deployment };
  return object(
    'apps/v1',
    'Deployment',
    workload.deployment,
    at(120 * DAY),
    { labels: labelsOf(workload), generation: 3, annotations: { 'deployment.kubernetes.io/revision': '3' } },
    {
      spec: {
        replicas,
        selector: { matchLabels },
        template: {
          metadata: { creationTimestamp: null, labels: labelsOf(workload) },
          spec: { containers: [containerSpec(workload)], restartPolicy: 'Always' },
        },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      },
      status: {
        observedGeneration: 3,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: available,
        availableReplicas: available,
        unavailableReplicas: replicas - available,
      },
    },
  );
}

function eventObject(event: SampleEvent, pods: KubernetesObject[], at: At): KubernetesObject {
  const { about, type, reason, message, count, firstAgo, lastAgo } = event;
  const pod = pods.find(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === about);
  const podName = pod?.metadata.name ?? about;
  const id = createHash('sha256').update(`${podName}${reason}`).digest('hex').slice(0, 16);
  return object(
    'v1',
    'Event',
    `${podName}.${id}`,
    at(firstAgo),
    {},
    {
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: NAMESPACE,
        name: podName,
        uid: uidOf('Pod', podName),
        fieldPath: `spec.containers{${about}}`,
      },
      type,
      reason,
      message,
      count,
      source: { component: 'kubelet', host: NODE },
      firstTimestamp: at(firstAgo),
      lastTimestamp: at(lastAgo),
      eventTime: null,
      reportingComponent: 'kubelet',
      reportingInstance: NODE,
    },
  );
}

function metricsObject(workload: SampleWorkload, at: At): KubernetesObject[] {
  const name = podName(workload);
  const { deployment, usage } = workload;
  if (name === undefined || usage === undefined) return [];
  return [
    object(
      'metrics.k8s.io/v1beta1',
      'PodMetrics',
      name,
      at(0),
      { labels: labelsOf(workload) },
      {
        timestamp: at(15),
        window: '15s',
        containers: [{ name: deployment, usage }],
      },
    ),
  ];
}

function usageFields(at: At) {
  return { timestamp: at(15), window: '15s', usage: { cpu: '1975m', memory: '6120Mi' } };
}

function nodeFields(at: At) {
  const amounts = { cpu: '4', memory: '16Gi', pods: '110' };
  return {
    spec: {},
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: at(CLUSTER_AGE) },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.32.4',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        architecture: 'amd64',
      },
    },
  };
}
