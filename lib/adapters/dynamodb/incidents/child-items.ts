import type { DeliveryRecord } from '../../../core/delivery/delivery.ts';
import type { DiagnosisSummary } from '../../../core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import { recordLimits, type TimelineEntry } from '../../../core/history/history.ts';
import { parseChildContent } from '../table/child-item.ts';
import { type DynamoTable, type SortKeyPrefix, toKey } from '../table/table.ts';
import { query } from '../table/verbs.ts';

/** The result of a bounded read, oldest first; `cut` when there are older entries. */
type Newest<T> = { found: T[]; cut: boolean };

export async function readDiagnosisSummaries(
  table: DynamoTable,
  incidentId: string,
): Promise<Newest<DiagnosisSummary>> {
  const limit = recordLimits.diagnosisSummaries;
  const { found, cut } = await newest<DiagnosisSummary>(table, incidentId, 'diagnosis-summary', limit);
  return { found: found.toSorted(bySeq), cut };
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
): Promise<Newest<T>> {
  const { pk, sk } = toKey(incidentId, prefix);
  const items = await query(
    table,
    {
      where: 'pk = :pk AND begins_with(sk, :sk)',
      values: { pk, sk: `${sk}#` },
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
