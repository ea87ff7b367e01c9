import {
  type Diagnosis,
  type Evidence,
  type Finding,
  getNamedValue,
} from '../../diagnosis/findings/finding.ts';
import { formatSeriesCaption } from '../../notice/document/evidence.ts';
import { drawSparkline, formatAmount } from '../../notice/document/sparkline.ts';
import { type Block, formatSecond } from './document.ts';
import type { ReportFacts } from './report-facts.ts';

const MAX_FINDINGS = 15;
const MAX_UNCHECKED = 20;
const SPARKLINE_WIDTH = 40;

/** Each check that needed attention, as first found, with its evidence; then the checks that failed. */
export function renderFindings({ diagnosisSummaries, after }: ReportFacts): Block[] {
  const all = [...diagnosisSummaries, ...(after ? [after] : [])];
  const urgent = firstOf(all, 'attention');
  const unchecked = firstOf(all, 'unchecked');
  return [
    { kind: 'heading', level: 2, text: 'What the checks found' },
    ...(urgent.length === 0 ? [{ kind: 'paragraph' as const, text: nothingWords(all) }] : []),
    ...urgent.slice(0, MAX_FINDINGS).flatMap(({ finding, diagnosis }) => findingBlocks(finding, diagnosis)),
    ...(urgent.length > MAX_FINDINGS
      ? [
          {
            kind: 'paragraph' as const,
            text: `${urgent.length - MAX_FINDINGS} further findings needed attention.`,
          },
        ]
      : []),
    ...uncheckedBlocks(unchecked.map(({ finding }) => finding)),
  ];
}

type Found = { finding: Finding; diagnosis: Diagnosis };

function firstOf(diagnoses: Diagnosis[], verdict: Finding['verdict']): Found[] {
  const first = new Map<string, Found>();
  for (const diagnosis of diagnoses) {
    for (const finding of diagnosis.findings) {
      if (finding.verdict === verdict && !first.has(finding.stepId)) {
        first.set(finding.stepId, { finding, diagnosis });
      }
    }
  }
  return [...first.values()];
}

function nothingWords(diagnoses: Diagnosis[]): string {
  return diagnoses.length === 0 ? 'Nothing was checked.' : 'No check needed attention.';
}

function findingBlocks(finding: Finding, { finishedAt, reason }: Diagnosis): Block[] {
  const value = getNamedValue(finding);
  const why = reason === undefined ? '' : `, ${reason}`;
  return [
    { kind: 'heading', level: 3, text: value === undefined ? finding.title : `${finding.title}: ${value}` },
    { kind: 'paragraph', text: `${finding.sentence} (${formatSecond(finishedAt)}${why})` },
    ...(finding.evidence === undefined ? [] : evidenceBlocks(finding.evidence)),
  ];
}

function evidenceBlocks(evidence: Evidence): Block[] {
  switch (evidence.kind) {
    case 'table':
      return [
        { kind: 'table', columns: evidence.columns, rows: evidence.rows },
        ...omittedBlock(evidence.omitted, 'row'),
      ];
    case 'series': {
      const { points, threshold, unit } = evidence;
      const fires = threshold === undefined ? '' : ` · fires at ${formatAmount(threshold, unit)}`;
      const line = drawSparkline(points, SPARKLINE_WIDTH);
      return [
        { kind: 'paragraph', text: `${line} ${formatSeriesCaption(evidence)}${fires}${spanOf(points)}` },
      ];
    }
    case 'text':
      return [{ kind: 'lines', lines: evidence.lines }, ...omittedBlock(evidence.omitted, 'older line')];
  }
}

function spanOf(points: [number, number][]): string {
  const [first] = points;
  const last = points.at(-1);
  return first && last ? ` (${formatSecond(first[0])} to ${formatSecond(last[0])})` : '';
}

function omittedBlock(omitted: number, what: string): Block[] {
  if (omitted <= 0) return [];
  return [{ kind: 'paragraph', text: `… ${omitted} more ${what}${omitted === 1 ? '' : 's'}` }];
}

function uncheckedBlocks(findings: Finding[]): Block[] {
  if (findings.length === 0) return [];
  const items = findings.slice(0, MAX_UNCHECKED).map(({ title, sentence }) => `${title}: ${sentence}`);
  const more = findings.length - items.length;
  return [
    { kind: 'heading', level: 3, text: 'Could not be checked' },
    { kind: 'list', items: more > 0 ? [...items, `… ${more} more`] : items },
  ];
}
