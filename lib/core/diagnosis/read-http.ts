import type { HttpStep } from '../runbook/runbook.ts';
import type { ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';

export async function readHttp(step: HttpStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  if (!context.probes.http) return { kind: 'failed', reason: 'HTTP_TARGETS is not set' };
  return { kind: 'failed', reason: `${step.kind} is not read yet` };
}
