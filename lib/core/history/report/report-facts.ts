import { type ComparedFinding, compareWithWorst } from '../../diagnosis/findings/compare-diagnoses.ts';
import type { Diagnosis } from '../../diagnosis/findings/finding.ts';
import type { Recipients } from '../../routing/recipients.ts';
import type { Runbook } from '../../runbook/runbook.ts';
import type { Millis } from '../../shared/time.ts';
import { buildTimeline } from '../build-timeline.ts';
import type { IncidentRecord } from '../history.ts';
import type { NoticeEntry, TimelineItem } from '../timeline.ts';

/** The input of a report. `url`: the incident's page. */
export type ReportInput = {
  record: IncidentRecord;
  /** The alert's own runbook; absent when it has none. */
  runbook?: Runbook;
  notified: Recipients;
  now: Millis;
  url?: string;
};

/** The input with facts that several sections use. */
export type ReportFacts = ReportInput & {
  timeline: TimelineItem[];
  /** Diagnoses with findings, oldest first: those while it fired, and the one after the resolve. */
  diagnosisSummaries: Diagnosis[];
  after?: Diagnosis;
  comparison: ComparedFinding[];
  /** Undelivered notices that were not superseded. */
  failed: NoticeEntry[];
};

export function gatherReportFacts(input: ReportInput): ReportFacts {
  const { incident, diagnoses } = input.record;
  const found = diagnoses.filter(({ findings }) => findings.length > 0);
  const { resolvedAt } = incident;
  const after =
    incident.status === 'resolved' && resolvedAt !== undefined
      ? found.findLast(({ startedAt }) => startedAt >= resolvedAt)
      : undefined;
  const diagnosisSummaries = found.filter((each) => each !== after);
  const timeline = buildTimeline(input.record);
  return {
    ...input,
    timeline,
    diagnosisSummaries,
    after,
    comparison:
      after === undefined
        ? []
        : compareWithWorst(
            diagnosisSummaries.filter(({ seq }) => seq < after.seq),
            after,
          ),
    failed: timeline.flatMap((entry) => (entry.kind === 'notified' && isMissed(entry) ? entry : [])),
  };
}

function isMissed({ outcome }: NoticeEntry): boolean {
  return outcome === 'failed' || outcome === 'retrying';
}
