import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import { computeFingerprint } from '../../../lib/core/alert/fingerprint.ts';
import type { Probes } from '../../../lib/core/diagnosis/checks/reading.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { DiagnosisClock } from '../../../lib/core/diagnosis/run-check.ts';
import { runDiagnosis } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import type { NoticeReason } from '../../../lib/core/incident/effect.ts';
import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import { HOUR, MINUTE, type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import { firedLabels, type Labels } from '../factories/fired-labels.ts';
import { ourRunbooks } from '../factories/our-runbooks.ts';

export type ChecksOptions = {
  /** A set of labels for each alert of the incident; by default those of its alerts in the sample world. */
  labels?: Labels[];
  reason?: NoticeReason;
  /** Stands still by default, so that no age in a finding depends on the machine's speed. */
  clock?: DiagnosisClock;
};

/**
 * Runs the checks of an alert's runbook, on a whole sample world or on parts of one. No step and no diagnosis runs out
 * of time, even on a busy machine.
 */
export function runChecks(
  { probes, at = systemClock.now() }: { probes: Probes; at?: Millis },
  alertname: string,
  {
    labels = firedLabels(alertname),
    reason = 'opened',
    clock = { ...systemClock, now: () => at },
  }: ChecksOptions = {},
): Promise<Diagnosis> {
  const runbook = findRunbook(ourRunbooks, alertname);
  const { severity } = runbook;
  return runDiagnosis({
    runbook: {
      ...runbook,
      diagnostics: runbook.diagnostics.map((step) => ({ ...step, timeout: MINUTE })),
    },
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason,
    source: 'local',
    alerts: labels.map((own) => firing({ alertname, severity, ...own }, at)),
    probes,
    clock,
    deadline: HOUR,
  });
}

function firing(labels: Labels, at: Millis): AlertDetail {
  return {
    fingerprint: computeFingerprint(labels),
    labels,
    annotations: {},
    generatorURL: '',
    startsAt: at - 30 * SECOND,
  };
}
