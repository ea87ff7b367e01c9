import type { Diagnosis } from './finding.ts';

/** A check that needed attention when it fired, beside what the same check found afterwards. */
export type ComparedFinding = { title: string; before: string; after: string; stillNeedsAttention: boolean };

/** What changed between two diagnoses: each finding that needed attention, in the earlier one's order. */
export function compareDiagnoses(before: Diagnosis, after: Diagnosis): ComparedFinding[] {
  const later = new Map(after.findings.map((finding) => [finding.stepId, finding]));
  return before.findings.flatMap((finding) => {
    const now = later.get(finding.stepId);
    if (finding.verdict !== 'attention' || now === undefined) return [];
    return {
      title: finding.title,
      before: finding.sentence,
      after: now.sentence,
      stillNeedsAttention: now.verdict === 'attention',
    };
  });
}
