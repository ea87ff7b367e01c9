import type { Step } from '../../runbook/runbook.ts';
import { type CelVariables, evaluateCel } from '../expressions/cel.ts';
import { fillTemplate } from '../expressions/template.ts';
import { cleanSentence } from '../findings/clean-cell.ts';
import type { Finding } from '../findings/finding.ts';
import type { ProbeResult } from './probe.ts';
import type { StepReading } from './reading.ts';

/**
 * Turns a step's reading into a finding. An expression that fails at run time never loses the finding: in
 * doubt it needs attention.
 */
export function evaluateFinding(
  step: Step,
  reading: ProbeResult<StepReading>,
  labels: Readonly<Record<string, string>>,
  tookMs: number,
): Finding {
  const base = { stepId: step.id, title: step.title, kind: step.kind, tookMs };
  if (reading.kind === 'failed') {
    return { ...base, verdict: 'unchecked', sentence: cleanSentence(reading.reason) };
  }
  const variables = { labels, result: reading.value.result };
  const attention = needsAttention(step, variables);
  const template = attention ? step.sentence : (step.normal ?? step.sentence);
  const sentence = fillTemplate(template, variables) ?? createDefaultSentence(step, reading.value);
  return {
    ...base,
    verdict: attention ? 'attention' : 'normal',
    sentence: cleanSentence(sentence),
    evidence: reading.value.evidence,
  };
}

function needsAttention(step: Step, variables: CelVariables): boolean {
  if (step.attention === undefined) return false;
  const outcome = evaluateCel(step.attention, variables);
  // An expression usually fails because there are no rows, and then nothing needs attention.
  if (outcome.kind === 'failed') return !isEmpty(variables);
  return outcome.value === true;
}

function isEmpty(variables: CelVariables): boolean {
  const result = variables['result'];
  return typeof result === 'object' && result !== null && 'count' in result && result.count === 0;
}

function createDefaultSentence(step: Step, reading: StepReading): string {
  const count = reading.result['count'];
  return `${step.title}: ${typeof count === 'number' ? `${count} found` : 'see below'}`;
}
