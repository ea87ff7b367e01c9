import type { KubernetesStep } from '../runbook/runbook.ts';
import type { ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';

export async function readKubernetes(
  step: KubernetesStep,
  context: ReadContext,
): Promise<ProbeResult<StepReading>> {
  if (!context.probes.kubernetes) return { kind: 'failed', reason: 'KUBERNETES_URL is not set' };
  return { kind: 'failed', reason: `${step.kind} is not read yet` };
}
