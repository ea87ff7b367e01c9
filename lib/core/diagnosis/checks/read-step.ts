import type { Step } from '../../runbook/runbook.ts';
import type { ProbeResult } from './probe.ts';
import { readAlertmanager } from './read-alertmanager.ts';
import { readHttp } from './read-http.ts';
import { readKubernetes } from './read-kubernetes.ts';
import { readPromql } from './read-promql.ts';
import { readSql } from './read-sql.ts';
import type { ReadContext, StepReading } from './reading.ts';

/** Reads the data of one step from its server. */
export function readStep(step: Step, context: ReadContext): Promise<ProbeResult<StepReading>> {
  switch (step.kind) {
    case 'sql':
      return readSql(step, context);
    case 'promql':
      return readPromql(step, context);
    case 'alertmanager':
      return readAlertmanager(step, context);
    case 'kubernetes':
      return readKubernetes(step, context);
    case 'http':
      return readHttp(step, context);
  }
}
