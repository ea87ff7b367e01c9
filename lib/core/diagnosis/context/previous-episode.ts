import { DAY, type Millis } from '../../shared/time.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import type { PreviousEpisode } from '../findings/context.ts';
import type { DiagnosisSummary } from '../findings/diagnosis-summary.ts';
import type { Diagnosis } from '../findings/finding.ts';

/** Over how long earlier episodes are counted. */
const RECENT = 30 * DAY;
const MAX_FINDINGS = 5;

/** An earlier episode, as far as it matters here. */
export type PastEpisode = { id: string; openedAt: Millis; resolvedAt?: Millis; acknowledgedBy?: string };

/**
 * `incidents` are the episodes before this one, newest first, and `complete` says whether that is all of them;
 * `diagnoses` are the newest one's, oldest first.
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
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(acknowledgedBy === undefined ? {} : { acknowledgedBy: cleanCell(acknowledgedBy) }),
    findings: urgentFindings(diagnoses),
    recent: { count, atLeast: !complete && count === incidents.length },
  };
}

/** Ids of the diagnoses in which the findings that `lastTimeOf` names were first seen. `looks` are oldest first. */
export function selectUrgentDiagnoses(diagnosisSummaries: DiagnosisSummary[]): string[] {
  const known = new Set<string>();
  return diagnosisSummaries.flatMap(({ id, attention }) => {
    const before = known.size;
    if (before >= MAX_FINDINGS) return [];
    for (const step of attention) known.add(step);
    return known.size > before ? id : [];
  });
}

/** The first look comes first: what needed attention when it opened is what the episode was about. */
function urgentFindings(diagnoses: Diagnosis[]): PreviousEpisode['findings'] {
  const urgent = new Map<string, PreviousEpisode['findings'][number]>();
  for (const { findings } of diagnoses) {
    for (const { verdict, stepId, title, sentence } of findings) {
      if (verdict === 'attention' && !urgent.has(stepId)) urgent.set(stepId, { stepId, title, sentence });
    }
  }
  return [...urgent.values()].slice(0, MAX_FINDINGS);
}
