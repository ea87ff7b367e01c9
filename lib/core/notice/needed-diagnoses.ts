import { type DiagnosisSummary, hasFindings } from '../diagnosis/findings/diagnosis-summary.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';

/** The most diagnoses that one notice reads. */
const MAX_READ = 8;

/**
 * Ids of the diagnoses that `chooseDiagnoses` needs for a notice, most important first. `diagnosisSummaries`
 * are all of the incident's, oldest first.
 */
export function planDiagnosisReads(
  incident: Incident,
  diagnosisSummaries: DiagnosisSummary[],
  cause: { effectId: string; reason: NoticeReason },
): string[] {
  const own = diagnosisSummaries.find(({ id }) => id === cause.effectId);
  const after = isFiring(incident)
    ? undefined
    : findDiagnosisAfter(incident, diagnosisSummaries, own, cause.reason);
  const needed = [
    after,
    own,
    findNewest(diagnosisSummaries),
    own && diagnosisSummaries.filter(({ seq }) => seq < own.seq).findLast(hasFindings),
    diagnosisSummaries.findLast(({ previousEpisode }) => previousEpisode),
    ...(after === undefined
      ? []
      : findLastSeen(
          diagnosisSummaries.filter(({ seq }) => seq < after.seq),
          after,
        )),
  ].flatMap((summary) => summary?.id ?? []);
  return [...new Set(needed)].slice(0, MAX_READ);
}

function findDiagnosisAfter(
  { resolvedAt }: Incident,
  diagnosisSummaries: DiagnosisSummary[],
  own: DiagnosisSummary | undefined,
  reason: NoticeReason,
): DiagnosisSummary | undefined {
  if (own !== undefined && isEnd(reason)) return own;
  return findNewest(
    diagnosisSummaries.filter(({ startedAt }) => resolvedAt !== undefined && startedAt >= resolvedAt),
  );
}

/**
 * For each step checked after the resolve: the last earlier diagnosis in which it needed attention, else the
 * last with it.
 */
function findLastSeen(earlier: DiagnosisSummary[], after: DiagnosisSummary): DiagnosisSummary[] {
  const seen = [...after.attention, ...after.others].flatMap(
    (step) =>
      earlier.findLast(({ attention }) => attention.includes(step)) ??
      earlier.findLast(({ others }) => others.includes(step)) ??
      [],
  );
  return [...new Set(seen)].toSorted((a, b) => b.seq - a.seq);
}

function findNewest(diagnosisSummaries: DiagnosisSummary[]): DiagnosisSummary | undefined {
  return diagnosisSummaries.findLast(hasFindings) ?? diagnosisSummaries.at(-1);
}
