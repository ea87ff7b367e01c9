import type { DeliveryRecord } from '../../../core/delivery/delivery.ts';
import {
  type DiagnosisSummary,
  summarizeDiagnosis,
} from '../../../core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import { recordLimits, type TimelineEntry } from '../../../core/history/history.ts';
import { parseChildContent } from '../table/child-item.ts';
import { type DynamoTable, formatSeq, type Key, type SortKeyPrefix, toKey } from '../table/table.ts';
import { query } from '../table/verbs.ts';

/** Number of whole diagnoses to read where the version before left no summaries. */
const MAX_UNSHORTENED = 20;

/** The result of a bounded read, oldest first; `cut` when there are older entries. */
type Newest<T> = { found: T[]; cut: boolean };

/** Keys of a diagnosis, in this version and in the one before. Ids are `{incident}:{seq}`. */
export function listDiagnosisKeys(incidentId: string, id: string): Key[] {
  const seq = /:(\d{1,10})$/.exec(id)?.[1];
  const earlier = toKey(incidentId, 'diagnosis', id);
  return seq === undefined ? [earlier] : [toKey(incidentId, 'diagnosis', formatSeq(Number(seq))), earlier];
}

/** Diagnosis summaries, oldest first. The version before stored none, so its diagnoses are read whole. */
export async function readDiagnosisSummaries(
  table: DynamoTable,
  incidentId: string,
): Promise<Newest<DiagnosisSummary>> {
  const [kept, earlier] = await Promise.all([
    newest<DiagnosisSummary>(table, incidentId, 'diagnosis-summary', recordLimits.diagnosisSummaries),
    newest<Diagnosis>(table, incidentId, 'diagnosis', MAX_UNSHORTENED, `#${incidentId}:`),
  ]);
  const found = new Map(
    [...earlier.found.map(summarizeDiagnosis), ...kept.found].map((summary) => [summary.id, summary]),
  );
  return { found: [...found.values()].toSorted(bySeq), cut: kept.cut || earlier.cut };
}

/** The first and the newest, oldest first: how the incident began, and its present state. */
export async function readDiagnoses(table: DynamoTable, incidentId: string): Promise<Diagnosis[]> {
  const { pk, sk } = toKey(incidentId, 'diagnosis');
  const [first, { found }] = await Promise.all([
    query(table, { where: 'pk = :pk AND begins_with(sk, :sk)', values: { pk, sk: `${sk}#` } }, 1),
    newest<Diagnosis>(table, incidentId, 'diagnosis', recordLimits.diagnoses - 1),
  ]);
  const all: Diagnosis[] = [...first.map((item): Diagnosis => parseChildContent(item)), ...found];
  return [...new Map(all.map((each) => [each.id, each])).values()].toSorted(bySeq);
}

export async function readTimeline(table: DynamoTable, incidentId: string): Promise<Newest<TimelineEntry>> {
  const { found, cut } = await newest<TimelineEntry>(table, incidentId, 'timeline', recordLimits.timeline);
  return { found: found.toSorted((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1)), cut };
}

export async function readDeliveries(
  table: DynamoTable,
  incidentId: string,
): Promise<Newest<DeliveryRecord>> {
  const { found, cut } = await newest<DeliveryRecord>(table, incidentId, 'delivery', recordLimits.deliveries);
  return { found: found.toSorted((a, b) => a.seq - b.seq || a.at - b.at || (a.key < b.key ? -1 : 1)), cut };
}

async function newest<T>(
  table: DynamoTable,
  incidentId: string,
  prefix: SortKeyPrefix,
  limit: number,
  within = '#',
): Promise<Newest<T>> {
  const { pk, sk } = toKey(incidentId, prefix);
  const items = await query(
    table,
    {
      where: 'pk = :pk AND begins_with(sk, :sk)',
      values: { pk, sk: `${sk}${within}` },
      newestFirst: true,
    },
    // One more shows whether there are others.
    limit + 1,
  );
  const found = items.slice(0, limit).map((item): T => parseChildContent(item));
  return { found, cut: items.length > limit };
}

function bySeq(a: { seq: number; startedAt: number }, b: { seq: number; startedAt: number }): number {
  return a.seq - b.seq || a.startedAt - b.startedAt;
}
