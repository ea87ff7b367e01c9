import { describe, expect, test } from 'vitest';
import {
  type ComparedFinding,
  compareWithPrevious,
  compareWithWorst,
} from '../../../lib/core/diagnosis/findings/compare-diagnoses.ts';
import type { Finding, Verdict } from '../../../lib/core/diagnosis/findings/finding.ts';
import { diagnosis, finding } from '../../support/factories/finding.ts';

function found(stepId: string, verdict: Verdict, sentence: string): Finding {
  return finding({ stepId, verdict, sentence });
}

function words(changes: ComparedFinding[]): string[] {
  return changes.map(({ change, stepId, before, after }) => `${change} ${stepId}: ${before} > ${after}`);
}

describe('the changes since the last diagnosis', () => {
  test('list new, better, lost and reworded findings', () => {
    const earlier = diagnosis(1, [
      found('pool', 'attention', '10 of 10'),
      found('locks', 'attention', '3 wait'),
      found('pods', 'attention', '2 down'),
      found('disk', 'normal', 'disk 61 %'),
    ]);
    const now = diagnosis(2, [
      found('locks', 'attention', '5 wait'),
      found('disk', 'attention', 'disk 91 %'),
      found('pool', 'normal', '4 of 10'),
      found('pods', 'unchecked', '403.'),
    ]);

    const progress = compareWithPrevious(earlier, now);

    expect(words(progress.changes)).toEqual([
      'new disk: disk 61 % > disk 91 %',
      'better pool: 10 of 10 > 4 of 10',
      'lost pods: 2 down > could not check (403)',
      'still locks: 3 wait > 5 wait',
    ]);
    expect(progress).toMatchObject({ since: earlier.finishedAt, unchanged: 0, unseen: 0 });
  });

  test('count findings with the same sentence, and do not list them', () => {
    const findings = [found('pool', 'attention', '10 of 10'), found('disk', 'normal', 'disk 61 %')];

    const progress = compareWithPrevious(diagnosis(1, findings), diagnosis(2, findings));

    expect(progress).toMatchObject({ changes: [], unchanged: 1, unseen: 0 });
  });

  test('omit checks that only one diagnosis ran, and count those that need attention', () => {
    const earlier = diagnosis(1, [found('gone', 'attention', 'x'), found('log:a', 'attention', 'x')]);
    const now = diagnosis(2, [found('log:b', 'attention', 'y'), found('fresh', 'normal', 'y')]);

    const progress = compareWithPrevious(earlier, now);

    expect(progress).toMatchObject({ changes: [], unchanged: 0, unseen: 1 });
  });

  test('compare each run of a step with itself', () => {
    const earlier = diagnosis(1, [found('log:a', 'attention', 'a 1'), found('log:b', 'attention', 'b 1')]);
    const now = diagnosis(2, [found('log:b', 'normal', 'b 0'), found('log:a', 'attention', 'a 2')]);

    const { changes } = compareWithPrevious(earlier, now);

    expect(words(changes)).toEqual(['better log:b: b 1 > b 0', 'still log:a: a 1 > a 2']);
  });

  test('never call a finding better that was unchecked before', () => {
    const earlier = diagnosis(1, [found('a', 'unchecked', 'refused'), found('b', 'unchecked', 'refused')]);
    const now = diagnosis(2, [found('a', 'normal', 'fine'), found('b', 'attention', '3 wait')]);

    const { changes } = compareWithPrevious(earlier, now);

    expect(words(changes)).toEqual(['new b: could not check (refused) > 3 wait']);
  });
});

describe('the comparison before and after a resolve', () => {
  test('uses the last diagnosis in which a finding needed attention', () => {
    const diagnosisSummaries = [
      diagnosis(1, [found('pool', 'attention', '10 of 10'), found('locks', 'attention', '3 wait')]),
      diagnosis(2, [found('pool', 'unchecked', 'refused'), found('locks', 'attention', '5 wait')]),
      diagnosis(3, [found('locks', 'normal', 'none waits')]),
    ];
    const after = diagnosis(4, [found('pool', 'normal', '4 of 10'), found('locks', 'normal', 'none waits')]);

    const compared = compareWithWorst(diagnosisSummaries, after);

    expect(words(compared)).toEqual(['better pool: 10 of 10 > 4 of 10', 'better locks: 5 wait > none waits']);
  });

  test('puts findings that still need attention first, then new ones', () => {
    const diagnosisSummaries = [
      diagnosis(1, [
        found('pool', 'attention', '10 of 10'),
        found('disk', 'normal', 'disk 61 %'),
        found('locks', 'attention', '3 wait'),
        found('pods', 'attention', '2 down'),
      ]),
    ];
    const after = diagnosis(2, [
      found('disk', 'attention', 'disk 91 %'),
      found('locks', 'attention', '3 wait'),
      found('jobs', 'attention', '1 failed'),
      found('pool', 'normal', '4 of 10'),
      found('pods', 'unchecked', '403'),
    ]);

    const compared = compareWithWorst(diagnosisSummaries, after);

    expect(words(compared)).toEqual([
      'still locks: 3 wait > 3 wait',
      'new disk: disk 61 % > disk 91 %',
      'new jobs:  > 1 failed',
      'lost pods: 2 down > could not check (403)',
      'better pool: 10 of 10 > 4 of 10',
    ]);
  });

  test('omits findings that were always normal, or were not checked again', () => {
    const diagnosisSummaries = [
      diagnosis(1, [found('disk', 'normal', 'fine'), found('other', 'attention', 'x')]),
    ];

    expect(compareWithWorst(diagnosisSummaries, diagnosis(2, [found('disk', 'normal', 'fine')]))).toEqual([]);
  });
});
