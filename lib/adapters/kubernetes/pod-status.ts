import { getFlag, getList, getNumber, getRecord, getText } from './json-fields.ts';

/**
 * A pod's state in one word, as `kubectl get pods` shows it under STATUS. The API has no such word: kubectl's server
 * makes it from phase, conditions and containers, and people know pods by it.
 */
export function getPodStatus(pod: unknown): string {
  const status = getRecord(pod, 'status');
  const phase = getText(status, 'phase') ?? 'Unknown';
  const base = getText(status, 'reason') ?? phase;
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (getText(getRecord(pod, 'metadata'), 'deletionTimestamp') !== undefined && !ended) {
    return base === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  const before = hasCondition(status, 'Initialized') ? undefined : initialising(pod, status);
  return before ?? (isGated(status) ? 'SchedulingGated' : running(status, base));
}

/** `Init:CrashLoopBackOff`, `Init:1/3`: the progress of the init containers. */
function initialising(pod: unknown, status: unknown): string | undefined {
  const sidecars = new Set(
    getList(getRecord(pod, 'spec'), 'initContainers').flatMap((container) =>
      getText(container, 'restartPolicy') === 'Always' ? (getText(container, 'name') ?? []) : [],
    ),
  );
  const containers = getList(status, 'initContainerStatuses');
  for (const [index, container] of containers.entries()) {
    const terminated = getRecord(getRecord(container, 'state'), 'terminated');
    const waiting = getText(getRecord(getRecord(container, 'state'), 'waiting'), 'reason');
    const isUp = sidecars.has(getText(container, 'name') ?? '') && getFlag(container, 'started');
    if (isUp || getNumber(terminated, 'exitCode') === 0) continue;
    if (terminated !== undefined) return `Init:${endOf(terminated)}`;
    if (waiting !== undefined && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${containers.length}`;
  }
  return undefined;
}

function running(status: unknown, base: string): string {
  const containers = getList(status, 'containerStatuses');
  const anyRuns = containers.some(
    (container) =>
      getFlag(container, 'ready') && getRecord(getRecord(container, 'state'), 'running') !== undefined,
  );
  // The first container that does not run decides the word.
  for (const container of containers) {
    const state = getRecord(container, 'state');
    const waiting = getText(getRecord(state, 'waiting'), 'reason');
    if (waiting !== undefined) return waiting;
    const terminated = getRecord(state, 'terminated');
    if (terminated === undefined) continue;
    const end = endOf(terminated);
    if (end !== 'Completed' || !anyRuns) return end;
    return hasCondition(status, 'Ready') ? 'Running' : 'NotReady';
  }
  return base;
}

function endOf(terminated: unknown): string {
  const signal = getNumber(terminated, 'signal') ?? 0;
  const number = signal === 0 ? `ExitCode:${getNumber(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`;
  return getText(terminated, 'reason') ?? number;
}

/** True if the pod reports this condition as true. */
export function hasCondition(status: unknown, type: 'Ready' | 'Initialized'): boolean {
  return getList(status, 'conditions').some(
    (condition) => getText(condition, 'type') === type && getText(condition, 'status') === 'True',
  );
}

function isGated(status: unknown): boolean {
  return getList(status, 'conditions').some(
    (condition) =>
      getText(condition, 'reason') === 'SchedulingGated' && getText(condition, 'type') === 'PodScheduled',
  );
}
