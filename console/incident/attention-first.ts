import type { Finding, Verdict } from '../api/answers.ts';

const RANK: Record<Verdict, number> = { attention: 0, normal: 1, unchecked: 2 };

/** Findings that need attention stand first; otherwise the runbook's own order holds. */
export function attentionFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}
