import { flagAt, listAt, numberAt, recordAt, textAt } from './json-fields.ts';

/**
 * A pod's state in one word, as `kubectl get pods` shows it under STATUS. The API holds no such word: kubectl's server
 * makes it from phase, conditions and containers, and people know pods by it.
 */
export function podStatus(pod: unknown): string {
  const status = recordAt(pod, 'status');
  const phase = textAt(status, 'phase') ?? 'Unknown';
  const base = textAt(status, 'reason') ?? phase;
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (textAt(recordAt(pod, 'metadata'), 'deletionTimestamp') !== undefined && !ended) {
    return base === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  const before = hasCondition(status, 'Initialized') ? undefined : initialising(pod, status);
  return before ?? (isGated(status) ? 'SchedulingGated' : running(status, base));
}

/** `Init:CrashLoopBackOff`, `Init:1/3`: how far the containers came that run before the others. */
function initialising(pod: unknown, status: unknown): string | undefined {
  const sidecars = new Set(
    listAt(recordAt(pod, 'spec'), 'initContainers').flatMap((container) =>
      textAt(container, 'restartPolicy') === 'Always' ? (textAt(container, 'name') ?? []) : [],
    ),
  );
  const containers = listAt(status, 'initContainerStatuses');
  for (const [index, container] of containers.entries()) {
    const terminated = recordAt(recordAt(container, 'state'), 'terminated');
    const waiting = textAt(recordAt(recordAt(container, 'state'), 'waiting'), 'reason');
    const isUp = sidecars.has(textAt(container, 'name') ?? '') && flagAt(container, 'started');
    if (isUp || numberAt(terminated, 'exitCode') === 0) continue;
    if (terminated !== undefined) return `Init:${endOf(terminated)}`;
    if (waiting !== undefined && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${containers.length}`;
  }
  return undefined;
}

function running(status: unknown, base: string): string {
  const containers = listAt(status, 'containerStatuses');
  const anyRuns = containers.some(
    (container) =>
      flagAt(container, 'ready') && recordAt(recordAt(container, 'state'), 'running') !== undefined,
  );
  // The first container that does not run gives the word.
  for (const container of containers) {
    const state = recordAt(container, 'state');
    const waiting = textAt(recordAt(state, 'waiting'), 'reason');
    if (waiting !== undefined) return waiting;
    const terminated = recordAt(state, 'terminated');
    if (terminated === undefined) continue;
    const end = endOf(terminated);
    if (end !== 'Completed' || !anyRuns) return end;
    return hasCondition(status, 'Ready') ? 'Running' : 'NotReady';
  }
  return base;
}

function endOf(terminated: unknown): string {
  const signal = numberAt(terminated, 'signal') ?? 0;
  const number = signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`;
  return textAt(terminated, 'reason') ?? number;
}

/** Whether the pod itself says that this holds. */
export function hasCondition(status: unknown, type: 'Ready' | 'Initialized'): boolean {
  return listAt(status, 'conditions').some(
    (condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True',
  );
}

function isGated(status: unknown): boolean {
  return listAt(status, 'conditions').some(
    (condition) =>
      textAt(condition, 'reason') === 'SchedulingGated' && textAt(condition, 'type') === 'PodScheduled',
  );
}
