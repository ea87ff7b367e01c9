import type { AlertDetail } from '../../../core/alert/alert.ts';
import { mergeDetails } from '../../../core/history/merge-details.ts';
import { createChildItem, parseChildContent } from '../table/child-item.ts';
import { StoreError } from '../table/errors.ts';
import { type DynamoTable, toKey } from '../table/table.ts';
import { get, putIf } from '../table/verbs.ts';

/** Attempts at merging alert details while another consumer merges its own. */
const MERGE_ATTEMPTS = 8;

/** Merges alert details into the incident's one item of them. */
export async function addDetails(
  table: DynamoTable,
  incidentId: string,
  details: AlertDetail[],
): Promise<void> {
  for (let attempt = 1; attempt <= MERGE_ATTEMPTS; attempt++) {
    const stored = await readStored(table, incidentId);
    const merged = mergeDetails(stored.details, details);
    if (hasSameMembers(merged, stored.details)) return;
    const { revision } = stored;
    const content = { details: merged, revision: revision + 1 };
    const item = createChildItem(table, toKey(incidentId, 'detail'), content);
    const unchanged = 'attribute_not_exists(pk) OR content.revision = :revision';
    if (await putIf(table, item, unchanged, { revision })) return;
  }
  throw new StoreError(`alert details of ${incidentId} changed ${MERGE_ATTEMPTS} times while being merged`);
}

export async function readDetails(table: DynamoTable, incidentId: string): Promise<AlertDetail[]> {
  return (await readStored(table, incidentId)).details;
}

async function readStored(
  table: DynamoTable,
  incidentId: string,
): Promise<{ details: AlertDetail[]; revision: number }> {
  const item = await get(table, toKey(incidentId, 'detail'));
  return item ? parseChildContent(item) : { details: [], revision: 0 };
}

function hasSameMembers(a: AlertDetail[], b: AlertDetail[]): boolean {
  return a.length === b.length && a.every((detail, index) => detail === b[index]);
}
