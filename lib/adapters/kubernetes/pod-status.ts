import type { ContainerState, PodObject, PodStatus, Terminated } from './answer-schema.ts';

/**
 * A pod's state in one word, as `kubectl get pods` shows it under STATUS. The API has no such word: kubectl's server
 * makes it from phase, conditions and containers, and people know pods by it.
 */
export function getPodStatus(pod: PodObject): string {
  const { status, metadata } = pod;
  const phase = status.phase || 'Unknown';
  const base = status.reason || phase;
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (metadata.deletionTimestamp && !ended) return base === 'NodeLost' ? 'Unknown' : 'Terminating';
  const before = hasCondition(status, 'Initialized') ? undefined : initialising(pod);
  return before ?? (isGated(status) ? 'SchedulingGated' : running(status, base));
}

/** `Init:CrashLoopBackOff`, `Init:1/3`: the progress of the init containers. */
function initialising({ spec, status }: PodObject): string | undefined {
  const sidecars = new Set(
    (spec.initContainers ?? []).flatMap(({ name, restartPolicy }) =>
      restartPolicy === 'Always' ? name : [],
    ),
  );
  const containers = status.initContainerStatuses ?? [];
  for (const [index, { name, state, started }] of containers.entries()) {
    const isUp = sidecars.has(name) && started === true;
    if (isUp || state?.terminated?.exitCode === 0) continue;
    if (state?.terminated) return `Init:${endOf(state.terminated)}`;
    const waiting = waitingReason(state);
    if (waiting !== undefined && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${containers.length}`;
  }
  return undefined;
}

function running(status: PodStatus, base: string): string {
  const containers = status.containerStatuses ?? [];
  const anyRuns = containers.some(({ ready, state }) => ready === true && Boolean(state?.running));
  // The first container that does not run decides the word.
  for (const { state } of containers) {
    const waiting = waitingReason(state);
    if (waiting !== undefined) return waiting;
    if (!state?.terminated) continue;
    const end = endOf(state.terminated);
    if (end !== 'Completed' || !anyRuns) return end;
    return hasCondition(status, 'Ready') ? 'Running' : 'NotReady';
  }
  return base;
}

function waitingReason(state: ContainerState | null | undefined): string | undefined {
  return state?.waiting?.reason || undefined;
}

function endOf({ reason, signal, exitCode }: Terminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`);
}

/** True if the pod reports this condition as true. */
export function hasCondition({ conditions }: PodStatus, type: 'Ready' | 'Initialized'): boolean {
  return (conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

function isGated({ conditions }: PodStatus): boolean {
  return (conditions ?? []).some(
    ({ type, reason }) => reason === 'SchedulingGated' && type === 'PodScheduled',
  );
}
