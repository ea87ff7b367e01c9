import type { Diagnosis, Finding } from '../../../lib/core/diagnosis/findings/finding.ts';

/** A finding that needs attention: all connections of a pool are in use. */
export function finding(change: Partial<Finding> = {}): Finding {
  const stepId = change.stepId ?? 'connections';
  return {
    stepId,
    title: stepId,
    kind: 'sql',
    verdict: 'attention',
    sentence: '10 of 10 connections in use.',
    tookMs: 5,
    ...change,
  };
}

/** A diagnosis of incident `k.1`, version `seq`, a minute for each version after the start of time. */
export function diagnosis(seq: number, findings: Finding[], change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    schema: 1,
    id: `k.1:${seq}`,
    incidentId: 'k.1',
    seq,
    reason: 'opened',
    startedAt: seq * 60_000,
    finishedAt: seq * 60_000 + 1_000,
    findings,
    commands: [],
    ...change,
  };
}
