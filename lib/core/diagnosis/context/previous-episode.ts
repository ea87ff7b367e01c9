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

/** A finding that needed attention, and the diagnosis that showed it first. */
export type UrgentFinding = { stepId: string; diagnosisId: string };

/**
 * `incidents`: the episodes before this one, newest first; `complete`: these are all. `findings`: what needed
 * attention in the newest of them.
 */
export function describePreviousEpisode(
  { incidents, complete }: { incidents: PastEpisode[]; complete: boolean },
  findings: PreviousEpisode['findings'],
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
    findings,
    recent: { count, atLeast: !complete && count === incidents.length },
  };
}

/**
 * Chooses what needed attention in an episode, as first found. `summaries` are those of all its diagnoses,
 * oldest first: what needed attention at the opening is what the episode was about.
 */
export function chooseUrgentFindings(summaries: DiagnosisSummary[]): UrgentFinding[] {
  const chosen = new Map<string, UrgentFinding>();
  for (const { id, attention } of summaries) {
    for (const stepId of attention) if (!chosen.has(stepId)) chosen.set(stepId, { stepId, diagnosisId: id });
  }
  return [...chosen.values()].slice(0, MAX_FINDINGS);
}

/** Fills the choice in, from the diagnoses that it names. */
export function fillUrgentFindings(
  chosen: UrgentFinding[],
  diagnoses: Diagnosis[],
): PreviousEpisode['findings'] {
  return chosen.flatMap(({ stepId, diagnosisId }) => {
    const found = diagnoses.find(({ id }) => id === diagnosisId)?.findings;
    const urgent = found?.find((each) => each.stepId === stepId && each.verdict === 'attention');
    return urgent ? { stepId, title: urgent.title, sentence: urgent.sentence } : [];
  });
}
