import type {
  ClusterEvent,
  LogExcerpt,
  Pod,
  PodContainer,
} from '../../../lib/core/diagnosis/checks/probe.ts';

export function podContainer(change: Partial<PodContainer> = {}): PodContainer {
  return { name: 'api', restarts: 0, requests: {}, limits: {}, ...change };
}

export function pod(change: Partial<Pod> = {}, container: Partial<PodContainer> = {}): Pod {
  return {
    name: 'api-5d8f9c7b46-q7w2m',
    status: 'Running',
    ready: true,
    finished: false,
    node: 'node-1',
    createdAt: 0,
    containers: [podContainer(container)],
    ...change,
  };
}

export function clusterEvent(change: Partial<ClusterEvent> = {}): ClusterEvent {
  return {
    reason: 'Unhealthy',
    object: 'Pod/api-5d8f9c7b46-q7w2m',
    message: 'Readiness probe failed',
    count: 1,
    lastSeenAt: 0,
    ...change,
  };
}

/** Lines of one pod, all of which match. */
export function logExcerpt(lines: string[], change: Partial<LogExcerpt> = {}): LogExcerpt {
  const [pod = 'api-5d8f9c7b46-q7w2m'] = change.pods ?? [];
  return {
    pods: [pod],
    unread: 0,
    lines: lines.map((text) => ({ pod, text })),
    matched: lines.length,
    read: lines.length,
    ...change,
  };
}
