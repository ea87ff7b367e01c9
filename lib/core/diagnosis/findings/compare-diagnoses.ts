import type { Millis } from '../../shared/time.ts';
import type { Diagnosis, Finding } from './finding.ts';

/**
 * How a finding changed between two diagnoses. `new`: needs attention only now. `still`: as before, in other
 * words. `better`: no longer. `lost`: needed attention, and could not be checked now.
 */
export type Change = 'new' | 'still' | 'lost' | 'better';

export type ComparedFinding = {
  stepId: string;
  title: string;
  /** The sentence of the earlier diagnosis; empty if it had none. */
  before: string;
  after: string;
  change: Change;
};

/** A diagnosis compared with the previous one of the same incident. */
export type Progress = {
  /** When the earlier diagnosis finished. */
  since: Millis;
  /** New findings first, then better, then lost, then those in other words. */
  changes: ComparedFinding[];
  /** Findings that need attention in both, word for word. */
  unchanged: number;
  /** Findings that need attention now and were not checked before. */
  unseen: number;
};

const ORDER_WHILE_FIRING: Record<Change, number> = { new: 0, better: 1, lost: 2, still: 3 };
const ORDER_AFTER_RESOLVE: Record<Change, number> = { still: 0, new: 1, lost: 2, better: 3 };

/** What changed while an incident fires. Steps that only one of the diagnoses ran are not compared. */
export function compareWithPrevious(earlier: Diagnosis, now: Diagnosis): Progress {
  const known = indexFindings(earlier);
  const progress: Progress = { since: earlier.finishedAt, changes: [], unchanged: 0, unseen: 0 };
  for (const finding of now.findings) {
    const before = known.get(finding.stepId);
    if (before === undefined) {
      if (finding.verdict === 'attention') progress.unseen += 1;
      continue;
    }
    const change = classifyChange(before, finding);
    if (change === 'still' && before.sentence === finding.sentence) progress.unchanged += 1;
    else if (change !== undefined) progress.changes.push(toComparedFinding(before, finding, change));
  }
  progress.changes = progress.changes.toSorted(
    (a, b) => ORDER_WHILE_FIRING[a.change] - ORDER_WHILE_FIRING[b.change],
  );
  return progress;
}

/**
 * What became, after the resolve, of everything that needed attention. Each finding is compared with the one
 * that `findLastUrgent` finds. Findings that still need attention come first.
 */
export function compareWithWorst(earlier: Diagnosis[], after: Diagnosis): ComparedFinding[] {
  return after.findings
    .flatMap((finding) => {
      const earlierFindings = earlier.flatMap(({ findings }) =>
        findings.filter((each) => each.stepId === finding.stepId),
      );
      const before = findLastUrgent(earlierFindings, ({ verdict }) => verdict === 'attention');
      if (before === undefined) {
        return finding.verdict === 'attention' ? toComparedFinding(undefined, finding, 'new') : [];
      }
      const change = classifyChange(before, finding);
      return change === undefined ? [] : toComparedFinding(before, finding, change);
    })
    .toSorted((a, b) => ORDER_AFTER_RESOLVE[a.change] - ORDER_AFTER_RESOLVE[b.change]);
}

/**
 * What a step is compared with after the resolve: the last time that it needed attention, else the last time.
 * `times` are all its earlier ones, oldest first.
 */
export function findLastUrgent<T>(times: T[], neededAttention: (time: T) => boolean): T | undefined {
  return times.findLast(neededAttention) ?? times.at(-1);
}

function classifyChange(before: Finding, now: Finding): Change | undefined {
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

function toComparedFinding(before: Finding | undefined, now: Finding, change: Change): ComparedFinding {
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

function indexFindings({ findings }: Diagnosis): Map<string, Finding> {
  return new Map(findings.map((finding) => [finding.stepId, finding]));
}
