import { expect, test } from 'vitest';
import { type PodObject, podSchema } from '../../../../lib/adapters/kubernetes/answer-schema.ts';
import { getPodStatus } from '../../../../lib/adapters/kubernetes/pod-status.ts';

const running = { running: { startedAt: '2026-11-24T03:00:00Z' } };
const crashing = { waiting: { reason: 'CrashLoopBackOff' } };
const ready = { type: 'Ready', status: 'True' };
const initialised = { type: 'Initialized', status: 'True' };

function ended(exitCode: number, more: object = {}) {
  return { terminated: { exitCode, ...more } };
}

function container(state: object, more: object = {}) {
  return { name: 'api', state, ...more };
}

function status(change: object, rest: { metadata?: object; spec?: object } = {}): PodObject {
  return podSchema.parse({
    metadata: { name: 'api-1', ...rest.metadata },
    spec: { containers: [{ name: 'api' }], ...rest.spec },
    status: { phase: 'Running', ...change },
  });
}

test.each<[string, PodObject]>([
  ['Running', status({ containerStatuses: [container(running, { ready: true })] })],
  ['Pending', status({ phase: 'Pending' })],
  ['Unknown', status({ phase: undefined })],
  ['Evicted', status({ phase: 'Failed', reason: 'Evicted' })],
  ['CrashLoopBackOff', status({ containerStatuses: [container(crashing)] })],
  [
    'ContainerCreating',
    status({ containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }),
  ],
  ['OOMKilled', status({ containerStatuses: [container(ended(137, { reason: 'OOMKilled' }))] })],
  ['ExitCode:3', status({ containerStatuses: [container(ended(3))] })],
  ['Signal:9', status({ containerStatuses: [container(ended(137, { signal: 9 }))] })],
  [
    'Completed',
    status({ phase: 'Succeeded', containerStatuses: [container(ended(0, { reason: 'Completed' }))] }),
  ],
])('a pod is %s', (expected, pod) => {
  expect(getPodStatus(pod)).toBe(expected);
});

test('of several containers the first that does not run gives the word', () => {
  const containerStatuses = [container(running, { ready: true }), container(crashing), container(ended(1))];

  expect(getPodStatus(status({ containerStatuses }))).toBe('CrashLoopBackOff');
});

test.each([
  ['Running', [ready]],
  ['NotReady', []],
])('one container that is done beside one that runs is %s', (expected, conditions) => {
  const done = container(ended(0, { reason: 'Completed' }));
  const containerStatuses = [done, container(running, { ready: true })];

  expect(getPodStatus(status({ containerStatuses, conditions }))).toBe(expected);
});

test.each<[string, object[]]>([
  ['Init:0/2', [container({ waiting: { reason: 'PodInitializing' } }), container({})]],
  ['Init:1/2', [container(ended(0)), container(running)]],
  ['Init:ImagePullBackOff', [container({ waiting: { reason: 'ImagePullBackOff' } })]],
  ['Init:Error', [container(ended(1, { reason: 'Error' }))]],
  ['Init:ExitCode:4', [container(ended(4))]],
])('a pod that still prepares is %s', (expected, initContainerStatuses) => {
  expect(getPodStatus(status({ phase: 'Pending', initContainerStatuses }))).toBe(expected);
});

test('a sidecar that started keeps nothing waiting, and neither does what came before once the pod says so', () => {
  const sidecar = { name: 'proxy', state: running, started: true };
  const containerStatuses = [container(crashing)];
  const spec = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] };

  const beside = status({ initContainerStatuses: [sidecar], containerStatuses }, { spec });
  const after = status({
    initContainerStatuses: [container(running)],
    conditions: [initialised],
    containerStatuses,
  });

  expect([beside, after].map((pod) => getPodStatus(pod))).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff']);
});

test.each([
  ['Terminating', {}],
  ['Unknown', { reason: 'NodeLost' }],
  ['Failed', { phase: 'Failed' }],
])('a pod that was deleted is %s', (expected, change) => {
  const metadata = { deletionTimestamp: '2026-11-24T03:00:00Z' };

  expect(getPodStatus(status(change, { metadata }))).toBe(expected);
});

test('a pod that waits for its gates is SchedulingGated', () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];

  expect(getPodStatus(status({ phase: 'Pending', conditions }))).toBe('SchedulingGated');
});
