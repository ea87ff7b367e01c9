import {
  type ComparedFinding,
  compareWithPrevious,
  compareWithWorst,
  type Progress,
} from '../diagnosis/findings/compare-diagnoses.ts';
import type { PreviousEpisode } from '../diagnosis/findings/context.ts';
import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';

/** The diagnoses of an incident that a notice shows. */
export type ChosenDiagnoses = {
  /** The diagnosis whose findings are shown. */
  diagnosis?: Diagnosis;
  /** While it fires: what this notice's diagnosis found changed. */
  progress?: Progress;
  /** After the resolve: what needed attention, before and after. */
  comparison: ComparedFinding[];
  /** From any diagnosis that has it: it is the same for the whole episode. */
  previousEpisode?: PreviousEpisode;
};

/** `diagnoses` are those that `planDiagnosisReads` chose, oldest first. */
export function chooseDiagnoses(
  incident: Incident,
  diagnoses: Diagnosis[],
  cause: { effectId: string; reason: NoticeReason },
): ChosenDiagnoses {
  const own = diagnoses.find(({ id }) => id === cause.effectId);
  const previousEpisode = diagnoses.findLast((diagnosis) => diagnosis.previousEpisode)?.previousEpisode;
  if (isFiring(incident)) {
    const progress = own && findProgress(own, diagnoses);
    return {
      diagnosis: own ?? findNewest(diagnoses),
      progress,
      comparison: [],
      previousEpisode,
    };
  }
  // A notice superseded by the resolve has a diagnosis of its own, made while the incident fired.
  const ends = isEnd(cause.reason);
  const after = ends && own ? own : findNewest(diagnoses.filter((each) => isAfterResolve(each, incident)));
  return {
    diagnosis: after ?? own ?? findNewest(diagnoses),
    comparison: after ? compareWithWorst(diagnoses.filter(isEarlierThan(after)), after) : [],
    previousEpisode,
  };
}

/** Compares with the last diagnosis that has findings; a skipped one shows no change. */
function findProgress(own: Diagnosis, diagnoses: Diagnosis[]): Progress | undefined {
  const earlier = diagnoses.filter(isEarlierThan(own)).findLast(({ findings }) => findings.length > 0);
  return earlier === undefined || own.findings.length === 0 ? undefined : compareWithPrevious(earlier, own);
}

/** The newest with findings; else the newest, which says why it has none. */
function findNewest(diagnoses: Diagnosis[]): Diagnosis | undefined {
  return diagnoses.findLast(({ findings }) => findings.length > 0) ?? diagnoses.at(-1);
}

function isAfterResolve({ startedAt }: Diagnosis, { resolvedAt }: Incident): boolean {
  return resolvedAt !== undefined && startedAt >= resolvedAt;
}

function isEarlierThan(one: Diagnosis): (other: Diagnosis) => boolean {
  return (other) => other.seq < one.seq;
}
