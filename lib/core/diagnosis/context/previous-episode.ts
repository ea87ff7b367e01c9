import { DAY, type Millis } from '../../shared/time.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import type { PreviousEpisode } from '../findings/context.ts';
import type { DiagnosisSummary } from '../findings/diagnosis-summary.ts';
import type { Diagnosis } from '../findings/finding.ts';

/** Earlier episodes are counted over this time. */
const RECENT = 30 * DAY;
const MAX_FINDINGS = 5;

/** The parts of an earlier episode that matter here. */
export type PastEpisode = { id: string; openedAt: Millis; resolvedAt?: Millis; acknowledgedBy?: string };

/**
 * `incidents`: the episodes before this one, newest first; `complete`: these are all. `diagnoses`: those of
 * the newest episode, oldest first.
 */
export function describePreviousEpisode(
  { incidents, complete }: { incidents: PastEpisode[]; complete: boolean },
  diagnoses: Diagnosis[],
  now: Millis,
): PreviousEpisode | undefined {
  const [last] = incidents;
  if (last === undefined) return undefined;
  const { id, openedAt, resolvedAt, acknowledgedBy } = last;
  const count = incidents.filter((episode) => episode.openedAt >= now - RECENT).length;
  return {
    incidentId: id,
    openedAt,
    resolvedAt,
    acknowledgedBy: acknowledgedBy === undefined ? undefined : cleanCell(acknowledgedBy),
    findings: selectUrgentFindings(diagnoses),
    recent: { count, atLeast: !complete && count === incidents.length },
  };
}

/**
 * Ids of the diagnoses that first showed the findings of `describePreviousEpisode`. The summaries are oldest
 * first.
 */
export function selectUrgentDiagnoses(diagnosisSummaries: DiagnosisSummary[]): string[] {
  const known = new Set<string>();
  return diagnosisSummaries.flatMap(({ id, attention }) => {
    const before = known.size;
    if (before >= MAX_FINDINGS) return [];
    for (const step of attention) known.add(step);
    return known.size > before ? id : [];
  });
}

/** Earlier diagnoses come first: what needed attention at the opening is what the episode was about. */
function selectUrgentFindings(diagnoses: Diagnosis[]): PreviousEpisode['findings'] {
  const urgent = new Map<string, PreviousEpisode['findings'][number]>();
  for (const { findings } of diagnoses) {
    for (const { verdict, stepId, title, sentence } of findings) {
      if (verdict === 'attention' && !urgent.has(stepId)) urgent.set(stepId, { stepId, title, sentence });
    }
  }
  return [...urgent.values()].slice(0, MAX_FINDINGS);
}
