import type { ComparedFinding } from '../../diagnosis/findings/compare-diagnoses.ts';
import type { Notice } from '../notice.ts';

/** Titles of what still needs attention although the alert resolved; none when nothing does, or nothing was checked. */
export function leftOver(notice: Notice): string[] {
  return notice.comparison.filter(needsAttention).map(({ title }) => title);
}

export function needsAttention({ change }: ComparedFinding): boolean {
  return change === 'still' || change === 'new';
}
