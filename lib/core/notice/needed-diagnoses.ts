import { type DiagnosisSummary, hasFindings } from '../diagnosis/findings/diagnosis-summary.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';

/** A notice reads so many diagnoses at most, however many its incident has. */
const MAX_READ = 8;

/**
 * Ids of the diagnoses that `chooseLooks` needs for a notice, the most important first. `looks` are all of the
 * incident's, oldest first.
 */
export function planDiagnosisReads(
  incident: Incident,
  diagnosisSummaries: DiagnosisSummary[],
  cause: { effectId: string; reason: NoticeReason },
): string[] {
  const own = diagnosisSummaries.find(({ id }) => id === cause.effectId);
  const after = isFiring(incident)
    ? undefined
    : diagnosisAfter(incident, diagnosisSummaries, own, cause.reason);
  const needed = [
    after,
    own,
    newest(diagnosisSummaries),
    own && diagnosisSummaries.filter(({ seq }) => seq < own.seq).findLast(hasFindings),
    diagnosisSummaries.findLast(({ previousEpisode }) => previousEpisode),
    ...(after === undefined
      ? []
      : lastSeen(
          diagnosisSummaries.filter(({ seq }) => seq < after.seq),
          after,
        )),
  ].flatMap((summary) => summary?.id ?? []);
  return [...new Set(needed)].slice(0, MAX_READ);
}

function diagnosisAfter(
  { resolvedAt }: Incident,
  diagnosisSummaries: DiagnosisSummary[],
  own: DiagnosisSummary | undefined,
  reason: NoticeReason,
): DiagnosisSummary | undefined {
  if (own !== undefined && isEnd(reason)) return own;
  return newest(
    diagnosisSummaries.filter(({ startedAt }) => resolvedAt !== undefined && startedAt >= resolvedAt),
  );
}

/** For each step seen after the resolve: the last earlier look in which it needed attention, else the last that had it. */
function lastSeen(earlier: DiagnosisSummary[], after: DiagnosisSummary): DiagnosisSummary[] {
  const seen = [...after.attention, ...after.others].flatMap(
    (step) =>
      earlier.findLast(({ attention }) => attention.includes(step)) ??
      earlier.findLast(({ others }) => others.includes(step)) ??
      [],
  );
  return [...new Set(seen)].toSorted((a, b) => b.seq - a.seq);
}

function newest(diagnosisSummaries: DiagnosisSummary[]): DiagnosisSummary | undefined {
  return diagnosisSummaries.findLast(hasFindings) ?? diagnosisSummaries.at(-1);
}
