import type { AlertDetail } from '../alert/alert.ts';
import type { Effect } from '../incident/effect-schema.ts';
import type { Incident } from '../incident/incident.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Diagnosis } from './findings/finding.ts';
import { type DiagnosisInput, getDeadline, runDiagnosis } from './run-diagnosis.ts';

/** The subject of one diagnosis. */
export type DiagnosisRequest = {
  incident: Incident;
  effect: Effect;
  runbook: Runbook;
  alerts: AlertDetail[];
};

/** Runs the diagnosis for an effect, within the deadline of the incident's severity. */
export function runEffectDiagnosis(
  { incident, effect, runbook, alerts }: DiagnosisRequest,
  world: Pick<DiagnosisInput, 'probes' | 'clock' | 'onFinding'>,
): Promise<Diagnosis> {
  return runDiagnosis({
    ...world,
    runbook,
    alerts,
    incidentId: incident.id,
    source: incident.source,
    effectId: effect.id,
    seq: effect.seq,
    reason: effect.reason,
    deadline: getDeadline(incident.severity),
  });
}
