import { createHash } from 'node:crypto';
import { type At, type KubernetesObject, object, uidOf } from './kubernetes-object.ts';
import { NAMESPACE, NODE, podName, type SampleWorkload, sampleWorkloads } from './sample-cluster.ts';

export function labelsOf({ deployment, component }: SampleWorkload): Record<string, string> {
  return {
    'app.kubernetes.io/name': deployment,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': NAMESPACE,
  };
}

export function containerSpec({ deployment, image, requests, limits }: SampleWorkload) {
  const resources = { requests, limits };
  return {
    name: deployment,
    image,
    imagePullPolicy: 'IfNotPresent',
    resources,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
}

/** The pod of a workload, as kubelet reports it; undefined when it is scaled to 0. */
export function podObject(workload: SampleWorkload, at: At): KubernetesObject[] {
  const name = podName(workload);
  if (name === undefined) return [];
  const { deployment, hash, age, ready, requests, limits } = workload;
  const created = at(age);
  const replicaSet = `${deployment}-${hash}`;
  const metadata = {
    generateName: `${replicaSet}-`,
    labels: { ...labelsOf(workload), 'pod-template-hash': hash },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: replicaSet,
        uid: uidOf('ReplicaSet', replicaSet),
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: created,
    reason: holds ? undefined : 'ContainersNotReady',
    message: holds ? undefined : `containers with unready status: [${deployment}]`,
  });
  const fields = {
    spec: {
      containers: [containerSpec(workload)],
      nodeName: NODE,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      schedulerName: 'default-scheduler',
    },
    status: {
      phase: 'Running',
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', true),
        condition('ContainersReady', ready),
        condition('Ready', ready),
      ],
      startTime: created,
      hostIP: '10.0.0.11',
      podIP: addressOf(workload),
      podIPs: [{ ip: addressOf(workload) }],
      qosClass: requests === undefined && limits === undefined ? 'BestEffort' : 'Burstable',
      containerStatuses: [containerStatus(workload, at)],
    },
  };
  return [object('v1', 'Pod', name, created, metadata, fields)];
}

function containerStatus(workload: SampleWorkload, at: At) {
  const { deployment, image, ready, restarts, waiting, lastExit, age } = workload;
  const ranFor = Math.min(60, age);
  const ended = lastExit && {
    terminated: {
      exitCode: lastExit.exitCode,
      reason: lastExit.reason,
      startedAt: at(lastExit.ago + ranFor),
      finishedAt: at(lastExit.ago),
    },
  };
  return {
    name: deployment,
    image,
    imageID: `${image}@sha256:${createHash('sha256').update(image).digest('hex')}`,
    containerID: `containerd://${createHash('sha256').update(deployment).digest('hex')}`,
    ready,
    started: waiting === undefined,
    restartCount: restarts,
    state: waiting ? { waiting } : { running: { startedAt: at(lastExit?.ago ?? age) } },
    lastState: ended ?? {},
  };
}

function addressOf(workload: SampleWorkload): string {
  return `10.244.0.${20 + sampleWorkloads.indexOf(workload)}`;
}
