import { summarizeDiagnosis } from '../../../core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import { createChildItem, parseChildContent } from '../table/child-item.ts';
import { type DynamoTable, formatSeq, type Key, toKey } from '../table/table.ts';
import { get, putIf } from '../table/verbs.ts';
import { toDiagnosisEntry } from './diagnosis-entry.ts';

/** Stores a child item unless one is there: the first wins. */
export function putFirst(table: DynamoTable, key: Key, content: object, entry?: object): Promise<boolean> {
  return putIf(table, createChildItem(table, key, content, entry), 'attribute_not_exists(pk)');
}

/** Returns the diagnosis that was stored first under the id. */
export async function addDiagnosis(table: DynamoTable, diagnosis: Diagnosis): Promise<Diagnosis> {
  const { incidentId, seq } = diagnosis;
  const key = toKey(incidentId, 'diagnosis', formatSeq(seq));
  const added = await putFirst(table, key, diagnosis, toDiagnosisEntry(diagnosis));
  const item = added ? undefined : await get(table, key);
  // Only the TTL can have removed the item in between.
  const stored: Diagnosis = item ? parseChildContent(item) : diagnosis;
  // Written after the diagnosis, so that a repeat after a crash also writes the missing summary.
  await putFirst(table, toKey(incidentId, 'diagnosis-summary', formatSeq(seq)), summarizeDiagnosis(stored));
  return stored;
}

/** The stored diagnoses among these ids, oldest first. */
export async function readDiagnosesById(
  table: DynamoTable,
  incidentId: string,
  ids: string[],
): Promise<Diagnosis[]> {
  const found = await Promise.all(ids.map((id) => readDiagnosis(table, incidentId, id)));
  return found.filter((each) => each !== undefined).toSorted((a, b) => a.seq - b.seq);
}

/** Its key holds only the version: ids are `{incident}:{seq}`. */
export async function readDiagnosis(
  table: DynamoTable,
  incidentId: string,
  id: string,
): Promise<Diagnosis | undefined> {
  const seq = Number(id.slice(id.lastIndexOf(':') + 1));
  const item = await get(table, toKey(incidentId, 'diagnosis', formatSeq(seq)));
  return item && parseChildContent(item);
}
