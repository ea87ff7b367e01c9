import {
  type ComparedFinding,
  compareWithPrevious,
  compareWithWorst,
  findLastUrgent,
  type Progress,
} from '../diagnosis/findings/compare-diagnoses.ts';
import type { PreviousEpisode } from '../diagnosis/findings/context.ts';
import {
  type DiagnosisSummary,
  hasFindings,
  summarizeDiagnosis,
} from '../diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import { isEnd, type NoticeReason } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';

/** The most diagnoses that one notice reads: an incident may have hundreds, of up to 300 KB each. */
const MAX_READ = 8;

/** Ids of the diagnoses that a notice needs, by what it needs them for. */
export type ChosenDiagnoses = {
  /** The diagnosis whose findings are shown. */
  shown?: string;
  /** While it fires: the diagnosis since which this notice's own found changes. */
  since?: string;
  /** After the resolve: the diagnoses that the shown one is compared with; absent: it is not compared. */
  before?: string[];
  /** Any diagnosis that has the previous episode: it is the same for the whole episode. */
  previousEpisode?: string;
};

/** The diagnoses of an incident as a notice shows them. */
export type ShownDiagnoses = {
  diagnosis?: Diagnosis;
  /** While it fires: what this notice's diagnosis found changed. */
  progress?: Progress;
  /** After the resolve: what needed attention, before and after. */
  comparison: ComparedFinding[];
  previousEpisode?: PreviousEpisode;
};

/** The effect that a notice is about. */
type Cause = { id: string; reason: NoticeReason };

/** Chooses what a notice shows and compares. `summaries` are those of all diagnoses, oldest first. */
export function chooseDiagnoses(
  incident: Incident,
  summaries: DiagnosisSummary[],
  cause: Cause,
): ChosenDiagnoses {
  const own = summaries.find(({ id }) => id === cause.id);
  const previousEpisode = summaries.findLast((each) => each.previousEpisode)?.id;
  if (isFiring(incident)) {
    const since = own && findPrevious(summaries, own)?.id;
    return { shown: (own ?? findNewest(summaries))?.id, since, previousEpisode };
  }
  // A notice superseded by the resolve has a diagnosis of its own, made while the incident fired.
  const after = own && isEnd(cause.reason) ? own : findNewest(selectAfterResolve(summaries, incident));
  return {
    shown: (after ?? own ?? findNewest(summaries))?.id,
    before: after && listLastUrgent(summaries, after),
    previousEpisode,
  };
}

/** The diagnoses to read, most important first. */
export function listChosen({ shown, since, previousEpisode, before = [] }: ChosenDiagnoses): string[] {
  const ids = [shown, since, previousEpisode, ...before].filter((id) => id !== undefined);
  return [...new Set(ids)].slice(0, MAX_READ);
}

/** Fills the choice in. `diagnoses` are those of `listChosen`, oldest first. */
export function fillChosen(chosen: ChosenDiagnoses, diagnoses: Diagnosis[]): ShownDiagnoses {
  const find = (id: string | undefined) => diagnoses.find((each) => each.id === id);
  const diagnosis = find(chosen.shown);
  const since = find(chosen.since);
  const before = chosen.before && diagnoses.filter(({ id }) => chosen.before?.includes(id));
  return {
    diagnosis,
    progress: diagnosis && since && compareWithPrevious(since, diagnosis),
    comparison: diagnosis && before ? compareWithWorst(before, diagnosis) : [],
    previousEpisode: find(chosen.previousEpisode)?.previousEpisode,
  };
}

/** Chooses among diagnoses that have all been read, oldest first. */
export function chooseAmong(incident: Incident, diagnoses: Diagnosis[], cause: Cause): ShownDiagnoses {
  return fillChosen(chooseDiagnoses(incident, diagnoses.map(summarizeDiagnosis), cause), diagnoses);
}

/** The last earlier diagnosis that has findings; a skipped one shows no change. */
function findPrevious(summaries: DiagnosisSummary[], own: DiagnosisSummary): DiagnosisSummary | undefined {
  return hasFindings(own) ? selectEarlier(summaries, own).findLast(hasFindings) : undefined;
}

/** The newest with findings; else the newest, which says why it has none. */
function findNewest(summaries: DiagnosisSummary[]): DiagnosisSummary | undefined {
  return summaries.findLast(hasFindings) ?? summaries.at(-1);
}

/** For each step checked after the resolve the diagnosis that it is compared with; newest first. */
function listLastUrgent(summaries: DiagnosisSummary[], after: DiagnosisSummary): string[] {
  const earlier = selectEarlier(summaries, after);
  const compared = [...after.attention, ...after.others].flatMap((step) => {
    const having = earlier.filter(({ attention, others }) => [...attention, ...others].includes(step));
    return findLastUrgent(having, ({ attention }) => attention.includes(step)) ?? [];
  });
  return [...new Set(compared)].toSorted((a, b) => b.seq - a.seq).map(({ id }) => id);
}

function selectEarlier(summaries: DiagnosisSummary[], { seq }: DiagnosisSummary): DiagnosisSummary[] {
  return summaries.filter((each) => each.seq < seq);
}

function selectAfterResolve(summaries: DiagnosisSummary[], { resolvedAt }: Incident): DiagnosisSummary[] {
  return summaries.filter(({ startedAt }) => resolvedAt !== undefined && startedAt >= resolvedAt);
}
