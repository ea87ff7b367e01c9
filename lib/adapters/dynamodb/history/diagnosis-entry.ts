import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import { countFindings, type DiagnosisCounts } from '../../../core/statistics/counts.ts';
import { getListPosition, getOpenedKey } from '../incidents/incident-item.ts';
import { getShard, type Item } from '../table/table.ts';

/** Partition key of the byTime index for diagnoses. */
export function getDiagnosesKey(shard: number): string {
  return `diagnoses#${shard}`;
}

/** Attributes of a stored diagnosis, besides its content, for its entry in the byTime index. */
export function toDiagnosisEntry(diagnosis: Diagnosis) {
  const { startedAt, ...counted } = countFindings(diagnosis);
  const { id } = diagnosis;
  return { timeKey: getDiagnosesKey(getShard(id)), openedKey: getOpenedKey(startedAt, id), ...counted };
}

/** The attributes that the index projects. */
export function toDiagnosis(item: Item): DiagnosisCounts {
  return {
    startedAt: getListPosition(item.openedKey?.S ?? '')?.openedAt ?? 0,
    checked: Number(item.checked?.N ?? 0),
    attention: Number(item.attention?.N ?? 0),
  };
}
