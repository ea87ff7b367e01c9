import {
  type Change,
  type ComparedFinding,
  compareWithPrevious,
} from '../../diagnosis/findings/compare-diagnoses.ts';
import { highlightChanges } from '../../notice/document/highlight-changes.ts';
import { type Block, formatSecond } from './document.ts';
import type { ReportFacts } from './report-facts.ts';

const MAX_ROWS = 60;

const marks: Record<Change, string> = {
  new: '❗ new',
  still: '❗ still',
  lost: '◌ could not be checked',
  better: '✔ better',
};

/** What each diagnosis found different from the previous one, while the incident fired. */
export function renderChanges({ diagnosisSummaries }: ReportFacts): Block[] {
  const rows = diagnosisSummaries.slice(1).flatMap((summary, at) => {
    const before = diagnosisSummaries[at];
    const changes = before === undefined ? [] : compareWithPrevious(before, summary).changes;
    return changes.map((change) => [formatSecond(summary.finishedAt), ...changeRow(change)]);
  });
  if (rows.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'What changed between diagnoses' },
    { kind: 'table', columns: ['UTC', 'Check', '', 'What changed'], rows: rows.slice(0, MAX_ROWS) },
    ...(rows.length > MAX_ROWS
      ? [{ kind: 'paragraph' as const, text: `${rows.length - MAX_ROWS} further changes are left out.` }]
      : []),
  ];
}

/** What needed attention, before and after the resolve. */
export function renderOutcome({ comparison, after }: ReportFacts): Block[] {
  if (after === undefined) return [];
  return [
    { kind: 'heading', level: 2, text: 'Before and after' },
    comparison.length === 0
      ? { kind: 'paragraph', text: 'Nothing that had needed attention was checked after the resolve.' }
      : {
          kind: 'table',
          columns: ['Check', '', 'Before', 'After'],
          rows: comparison
            .slice(0, MAX_ROWS)
            .map(({ title, change, before, after: now }) => [title, marks[change], before, now]),
        },
  ];
}

function changeRow({ title, change, before, after }: ComparedFinding): string[] {
  const words = before === '' || before === after ? after : highlightChanges(before, after);
  return [title, marks[change], words];
}
