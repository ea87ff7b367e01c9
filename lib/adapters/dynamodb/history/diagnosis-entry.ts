import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import { type DiagnosisSummary, summaryOfDiagnosis } from '../../../core/statistics/counts.ts';
import { openedKey, positionOf } from '../incidents/incident-item.ts';
import { type Item, shardOf } from '../table/table.ts';

/** Partition key of the byTime index for diagnoses. */
export function diagnosesKey(shard: number): string {
  return `diagnoses#${shard}`;
}

/** What a stored diagnosis has beside its content, for its entry in the byTime index. */
export function diagnosisEntry(diagnosis: Diagnosis) {
  const { startedAt, ...counted } = summaryOfDiagnosis(diagnosis);
  const { id } = diagnosis;
  return { timeKey: diagnosesKey(shardOf(id)), openedKey: openedKey(startedAt, id), ...counted };
}

/** What the index projects of it. */
export function diagnosisOfEntry(item: Item): DiagnosisSummary {
  return {
    startedAt: positionOf(item.openedKey?.S ?? '')?.openedAt ?? 0,
    checked: Number(item.checked?.N ?? 0),
    attention: Number(item.attention?.N ?? 0),
  };
}
