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

/** What a notice takes from the diagnoses of its incident. */
export type ChosenDiagnoses = {
  /** The one whose findings it shows. */
  diagnosis?: Diagnosis;
  /** While it fires: what the look made for this notice found changed. */
  progress?: Progress;
  /** Once it resolved: what needed attention, then and now. */
  comparison: ComparedFinding[];
  /** From whichever diagnosis knows it: it stays the same for an episode. */
  previousEpisode?: PreviousEpisode;
};

/** `diagnoses` are those of the incident that `neededLooks` names, oldest first. */
export function chooseDiagnoses(
  incident: Incident,
  diagnoses: Diagnosis[],
  cause: { effectId: string; reason: NoticeReason },
): ChosenDiagnoses {
  const own = diagnoses.find(({ id }) => id === cause.effectId);
  const previousEpisode = diagnoses.findLast((diagnosis) => diagnosis.previousEpisode)?.previousEpisode;
  const known = previousEpisode === undefined ? {} : { previousEpisode };
  if (isFiring(incident)) {
    const progress = own && progressOf(own, diagnoses);
    return {
      ...shown(own ?? newest(diagnoses)),
      ...(progress === undefined ? {} : { progress }),
      comparison: [],
      ...known,
    };
  }
  // A notice that the resolve has overtaken brings a look of its own, from when it still fired.
  const ends = isEnd(cause.reason);
  const after = ends && own ? own : newest(diagnoses.filter((each) => isAfterResolve(each, incident)));
  return {
    ...shown(after ?? own ?? newest(diagnoses)),
    comparison: after ? compareWithWorst(diagnoses.filter(isEarlierThan(after)), after) : [],
    ...known,
  };
}

/** Against the last look that found anything at all; one that was left out says nothing about what changed. */
function progressOf(own: Diagnosis, diagnoses: Diagnosis[]): Progress | undefined {
  const earlier = diagnoses.filter(isEarlierThan(own)).findLast(({ findings }) => findings.length > 0);
  return earlier === undefined || own.findings.length === 0 ? undefined : compareWithPrevious(earlier, own);
}

function shown(diagnosis: Diagnosis | undefined): Pick<ChosenDiagnoses, 'diagnosis'> {
  return diagnosis === undefined ? {} : { diagnosis };
}

/** The newest that found anything; else the newest, which says why not. */
function newest(diagnoses: Diagnosis[]): Diagnosis | undefined {
  return diagnoses.findLast(({ findings }) => findings.length > 0) ?? diagnoses.at(-1);
}

function isAfterResolve({ startedAt }: Diagnosis, { resolvedAt }: Incident): boolean {
  return resolvedAt !== undefined && startedAt >= resolvedAt;
}

function isEarlierThan(one: Diagnosis): (other: Diagnosis) => boolean {
  return (other) => other.seq < one.seq;
}
