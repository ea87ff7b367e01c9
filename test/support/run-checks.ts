import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import type { AlertDetail } from '../../lib/core/alert/alert.ts';
import { fingerprintOf } from '../../lib/core/alert/fingerprint.ts';
import type { Diagnosis } from '../../lib/core/diagnosis/finding.ts';
import type { Probes } from '../../lib/core/diagnosis/reading.ts';
import { deadlineFor, runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import { runbookFor } from '../../lib/core/runbook/runbook.ts';
import { SECOND } from '../../lib/core/shared/time.ts';
import { firedLabels, type Labels } from './fired-labels.ts';
import { ourRunbooks } from './our-runbooks.ts';

export type ChecksOptions = {
  /** A set of labels for each alert of the incident; those that it fires with in the sample world, unless given. */
  labels?: Labels[];
  reason?: NoticeReason;
};

/** Runs what an alert's runbook checks, on a whole sample world or on what there is of one. */
export function runChecks(
  { probes }: { probes: Probes },
  alertname: string,
  { labels = firedLabels(alertname), reason = 'opened' }: ChecksOptions = {},
): Promise<Diagnosis> {
  const runbook = runbookFor(ourRunbooks, alertname);
  const { severity } = runbook;
  return runDiagnosis({
    runbook,
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason,
    source: 'local',
    alerts: labels.map((own) => firing({ alertname, severity, ...own })),
    probes,
    clock: systemClock,
    deadline: deadlineFor(severity),
  });
}

function firing(labels: Labels): AlertDetail {
  return {
    fingerprint: fingerprintOf(labels),
    labels,
    annotations: {},
    generatorURL: '',
    startsAt: systemClock.now() - 30 * SECOND,
  };
}
