import type { Millis } from '../../shared/time.ts';
import type { Diagnosis, Finding } from './finding.ts';

/**
 * What became of a finding between two looks: `new`: it needs attention and did not; `still`: it does as before, in
 * other words; `better`: it no longer does; `lost`: it did, and could not be checked this time.
 */
export type Change = 'new' | 'still' | 'lost' | 'better';

export type ComparedFinding = {
  stepId: string;
  title: string;
  /** The sentence of the earlier look; empty when it had none. */
  before: string;
  after: string;
  change: Change;
};

/** One look at an incident beside the look before it. */
export type Progress = {
  /** When the earlier look was taken. */
  since: Millis;
  /** What is new first, then what is better, then what could not be seen any more, then what stands in other words. */
  changes: ComparedFinding[];
  /** Findings that need attention now as then, word for word. */
  unchanged: number;
  /** Findings that need attention now and were not looked at then. */
  unseen: number;
};

const NEWS: Record<Change, number> = { new: 0, better: 1, lost: 2, still: 3 };
const OUTCOME: Record<Change, number> = { still: 0, new: 1, lost: 2, better: 3 };

/** What changed while an incident fires. Steps that only one of the two looks ran are not compared. */
export function compareWithPrevious(earlier: Diagnosis, now: Diagnosis): Progress {
  const known = findingsById(earlier);
  const progress: Progress = { since: earlier.finishedAt, changes: [], unchanged: 0, unseen: 0 };
  for (const finding of now.findings) {
    const before = known.get(finding.stepId);
    if (before === undefined) {
      if (finding.verdict === 'attention') progress.unseen += 1;
      continue;
    }
    const change = changeOf(before, finding);
    if (change === 'still' && before.sentence === finding.sentence) progress.unchanged += 1;
    else if (change !== undefined) progress.changes.push(compared(before, finding, change));
  }
  progress.changes = progress.changes.toSorted((a, b) => NEWS[a.change] - NEWS[b.change]);
  return progress;
}

/**
 * What became of everything that needed attention, seen after the resolve: each finding beside the last earlier look in
 * which it needed attention, whichever that was; and what needs attention only now, beside the last look that had it.
 * What still needs attention comes first.
 */
export function compareWithWorst(earlier: Diagnosis[], after: Diagnosis): ComparedFinding[] {
  return after.findings
    .flatMap((finding) => {
      const diagnosisSummaries = earlier.flatMap(({ findings }) =>
        findings.filter((each) => each.stepId === finding.stepId),
      );
      const before =
        diagnosisSummaries.findLast((each) => each.verdict === 'attention') ?? diagnosisSummaries.at(-1);
      if (before === undefined) {
        return finding.verdict === 'attention' ? compared(undefined, finding, 'new') : [];
      }
      const change = changeOf(before, finding);
      return change === undefined ? [] : compared(before, finding, change);
    })
    .toSorted((a, b) => OUTCOME[a.change] - OUTCOME[b.change]);
}

function changeOf(before: Finding, now: Finding): Change | undefined {
  const needed = before.verdict === 'attention';
  switch (now.verdict) {
    case 'attention':
      return needed ? 'still' : 'new';
    case 'normal':
      return needed ? 'better' : undefined;
    case 'unchecked':
      return needed ? 'lost' : undefined;
  }
}

function compared(before: Finding | undefined, now: Finding, change: Change): ComparedFinding {
  return {
    stepId: now.stepId,
    title: now.title,
    before: before === undefined ? '' : formatOutcome(before),
    after: formatOutcome(now),
    change,
  };
}

function formatOutcome({ verdict, sentence }: Finding): string {
  return verdict === 'unchecked' ? `could not check (${sentence.replace(/\.$/, '')})` : sentence;
}

function findingsById({ findings }: Diagnosis): Map<string, Finding> {
  return new Map(findings.map((finding) => [finding.stepId, finding]));
}
