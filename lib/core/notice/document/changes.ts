import type { Change, ComparedFinding } from '../../diagnosis/findings/compare-diagnoses.ts';
import { clip } from '../../shared/plain-text.ts';
import type { Notice } from '../notice.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Part, Section } from './document-types.ts';
import { renderEvidence } from './evidence.ts';
import { formatDuration } from './format-time.ts';
import { highlightChanges } from './highlight-changes.ts';

/** Limit of each of the two sentences, so that the first leaves room for the second. */
const MAX_SENTENCE = 240;

const marks: Record<Change, string> = { new: '❗ new: ', still: '❗ ', lost: '◌ ', better: '✔ ' };

/** While it fires: the changes since the previous diagnosis. One line when there are none. */
export function renderChangesSince(notice: Notice, detailLevel: DetailLevel): Section {
  const { progress } = notice;
  if (progress === undefined) return { parts: [] };
  const { since, changes, unchanged, unseen } = progress;
  const heading = `Since the last diagnosis, ${formatDuration(notice.at - since)} ago`;
  const rest = [
    ...(unchanged > 0 ? [`${countNeeding(unchanged)} as before`] : []),
    ...(unseen > 0 ? [`${countNeeding(unseen)} and ${unseen === 1 ? 'was' : 'were'} not checked then`] : []),
  ];
  if (changes.length === 0) {
    const words = [...(unseen === 0 ? ['nothing changed'] : []), ...rest].join(', ');
    return { parts: [{ rank: 'useful', kind: 'line', line: [{ bold: heading }, `: ${words}`] }] };
  }
  const shown = changes.slice(0, detailLevel.changes);
  const more = changes.length - shown.length;
  return {
    heading,
    parts: [
      ...shown.map((change) => changeLine(change)),
      ...(more > 0 ? [aside(`… ${more} more`)] : []),
      ...rest.map(aside),
    ],
  };
}

/**
 * On resolve: each finding that needed attention, before and after. Those that still do come first, with
 * their evidence.
 */
export function renderBeforeAndAfter(notice: Notice, detailLevel: DetailLevel): Section {
  const evidence = new Map(notice.findings.map((finding) => [finding.stepId, finding.evidence]));
  const withEvidence = new Set(notice.comparison.filter(needsAttention).slice(0, detailLevel.evidence));
  return {
    heading: 'Before and after',
    parts: notice.comparison.flatMap((each): Part[] => {
      const shown = withEvidence.has(each) ? evidence.get(each.stepId) : undefined;
      return [changeLine(each), ...(shown ? renderEvidence(shown, detailLevel) : [])];
    }),
  };
}

function changeLine({ title, before, after, change }: ComparedFinding): Part {
  const [then, now] = [shorten(before), shorten(after)];
  const words = then === '' || then === now ? now : highlightChanges(then, now);
  return { rank: 'useful', kind: 'line', line: [marks[change], { bold: title }, `: ${words}`] };
}

function shorten(sentence: string): string {
  return clip(sentence.trim().replace(/\.$/, ''), MAX_SENTENCE);
}

function countNeeding(findings: number): string {
  return findings === 1 ? '1 finding needs attention' : `${findings} findings need attention`;
}

function aside(text: string): Part {
  return { rank: 'extra', kind: 'aside', line: [text] };
}

/**
 * Titles of the findings that still need attention after the resolve; empty if none do, or nothing was
 * checked.
 */
export function listUnresolved(notice: Notice): string[] {
  return notice.comparison.filter(needsAttention).map(({ title }) => title);
}

export function needsAttention({ change }: ComparedFinding): boolean {
  return change === 'still' || change === 'new';
}
