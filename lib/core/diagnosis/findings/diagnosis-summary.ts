import type { NoticeReason } from '../../incident/effect.ts';
import { clip } from '../../shared/clip.ts';
import type { Millis } from '../../shared/time.ts';
import type { Diagnosis } from './finding.ts';

/**
 * A few hundred bytes stored with a diagnosis: enough for the timeline, and to choose the few diagnoses that
 * are worth reading whole.
 */
export type DiagnosisSummary = {
  /** The diagnosis' id. */
  id: string;
  seq: number;
  reason: NoticeReason;
  startedAt: Millis;
  finishedAt: Millis;
  /** Ids of steps by verdict, in the order of the findings; of very many only the first. */
  attention: string[];
  others: string[];
  counts: { attention: number; normal: number; unchecked: number };
  /** Titles of the first checks that failed. */
  failed: string[];
  skipped?: string;
  /** The diagnosis has an earlier episode. */
  previousEpisode?: true;
};

const MAX_STEPS = 100;
const MAX_FAILED = 10;
const MAX_TEXT = 120;

export function summarizeDiagnosis(diagnosis: Diagnosis): DiagnosisSummary {
  const { id, seq, reason, startedAt, finishedAt, findings, skipped, previousEpisode } = diagnosis;
  const of = (verdict: string) => findings.filter((finding) => finding.verdict === verdict);
  const attention = of('attention');
  const unchecked = of('unchecked');
  return {
    id,
    seq,
    reason,
    startedAt,
    finishedAt,
    attention: attention.slice(0, MAX_STEPS).map(({ stepId }) => stepId),
    others: findings
      .flatMap(({ stepId, verdict }) => (verdict === 'attention' ? [] : stepId))
      .slice(0, MAX_STEPS),
    counts: {
      attention: attention.length,
      normal: findings.length - attention.length - unchecked.length,
      unchecked: unchecked.length,
    },
    failed: unchecked.slice(0, MAX_FAILED).map(({ title }) => clip(title, MAX_TEXT)),
    skipped: skipped === undefined ? undefined : clip(skipped, MAX_TEXT),
    previousEpisode: previousEpisode === undefined ? undefined : true,
  };
}

/** Whether it has any finding; a skipped diagnosis says nothing about changes. */
export function hasFindings({ counts }: DiagnosisSummary): boolean {
  return counts.attention + counts.normal + counts.unchecked > 0;
}
