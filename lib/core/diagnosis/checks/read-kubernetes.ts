import type { KubernetesStep, PodScope } from '../../runbook/runbook.ts';
import { fillName, fillScope } from './kubernetes-scope.ts';
import {
  summarizeEvents,
  summarizeLimits,
  summarizeLog,
  summarizePods,
  summarizeUsage,
} from './pod-readings.ts';
import type { KubernetesProbe, LogRequest, ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';

type LogStep = Extract<KubernetesStep, { read: 'logs' }>;

/** Label values are used only as names that Kubernetes accepts. */
export async function readKubernetes(
  step: KubernetesStep,
  context: ReadContext,
): Promise<ProbeResult<StepReading>> {
  const { kubernetes } = context.probes;
  if (!kubernetes) return { kind: 'failed', reason: 'KUBERNETES_URL is not set' };
  const filled = fillScope(step, context.labels);
  if (filled.kind === 'failed') return filled;
  const scope = filled.value;
  const { bounds } = context;
  switch (step.read) {
    case 'pods':
      return summarizeAnswer(await kubernetes.pods(scope, bounds), (pods) => summarizePods(pods, context));
    case 'limits':
      return summarizeAnswer(await kubernetes.pods(scope, bounds), (pods) => summarizeLimits(pods, context));
    case 'events':
      return summarizeAnswer(await kubernetes.events(scope, bounds), (events) =>
        summarizeEvents(events, context),
      );
    case 'top':
      return readUsage(scope, step.sort, context, kubernetes);
    case 'logs':
      return readLogs(scope, step, context, kubernetes);
  }
}

/** Usage says little without limits, so both are read in parallel. */
async function readUsage(
  scope: PodScope,
  sort: 'memory' | 'cpu',
  context: ReadContext,
  kubernetes: KubernetesProbe,
): Promise<ProbeResult<StepReading>> {
  const [usage, pods] = await Promise.all([
    kubernetes.usage(scope, context.bounds),
    kubernetes.pods(scope, context.bounds),
  ]);
  if (pods.kind === 'failed') return pods;
  return summarizeAnswer(usage, (used) => summarizeUsage(used, pods.value, sort, context));
}

async function readLogs(
  scope: PodScope,
  step: LogStep,
  context: ReadContext,
  kubernetes: KubernetesProbe,
): Promise<ProbeResult<StepReading>> {
  const { container, tail, grep, previous } = step;
  const request: LogRequest = { ...scope, tail, previous, grep };
  if (container !== undefined) {
    const name = fillName('container', container, context.labels);
    if (name.kind === 'failed') return name;
    request.container = name.value;
  }
  return summarizeAnswer(await kubernetes.logs(request, context.bounds), summarizeLog);
}

function summarizeAnswer<T>(
  answer: ProbeResult<T>,
  summarize: (value: T) => StepReading,
): ProbeResult<StepReading> {
  return answer.kind === 'failed' ? answer : { kind: 'ok', value: summarize(answer.value) };
}
