import { gunzipSync, gzipSync } from 'node:zlib';
import type { Quarantine, QuarantinedWebhook } from '../../../core/history/history.ts';
import { getOpenedKey, indexes } from '../incidents/incident-item.ts';
import { createChildAttributes, parseChild } from '../table/child-item.ts';
import { marshall } from '../table/marshall.ts';
import type { DynamoTable, Item } from '../table/table.ts';
import { get, putIf, query } from '../table/verbs.ts';

/** Partition of all quarantined bodies, in the table and in the byTime index; incident keys never look like this. */
const PARTITION = 'quarantine';

/** Size limit of a stored body, so that its item stays under 350 KB. A webhook body may be 6 MB. */
const MAX_BODY_BYTES = 300 * 1024;

/**
 * Unreadable bodies, compressed, and cut if still too long. The id alone is the key, so that a repeat is no
 * second entry; the index has their order. Calls made: `add` one PutItem, `list` one Query and one GetItem an entry.
 */
export function createDynamoQuarantine(table: DynamoTable): Quarantine {
  return {
    async add(entry) {
      const { body, ...fields } = entry;
      const item = marshall({
        ...fields,
        ...compress(body),
        pk: PARTITION,
        sk: entry.id,
        timeKey: PARTITION,
        openedKey: getOpenedKey(entry.at, entry.id),
        ...createChildAttributes(table),
      });
      // A repeated id is the same webhook again: the first entry stays.
      await putIf(table, item, 'attribute_not_exists(pk)');
    },

    async list(limit) {
      const where = 'timeKey = :partition';
      const values = { partition: PARTITION };
      const listed = await query(table, { index: indexes.byTime, where, values, newestFirst: true }, limit);
      const items = await Promise.all(listed.map(({ id }) => get(table, { pk: PARTITION, sk: id?.S ?? '' })));
      // The TTL may have removed an item in between.
      return items.filter((item) => item !== undefined).map(toEntry);
    },
  };
}

function compress(body: string): { gzip: Uint8Array; cutFrom?: number } {
  let kept = Buffer.from(body);
  const whole = kept.length;
  let gzip = gzipSync(kept);
  while (gzip.length > MAX_BODY_BYTES) {
    kept = kept.subarray(0, findCharacterStart(kept, Math.floor(kept.length / 2)));
    gzip = gzipSync(kept);
  }
  return kept.length === whole ? { gzip } : { gzip, cutFrom: whole };
}

/** The nearest start of a character at or before `at`. UTF-8 marks the bytes that continue a character. */
function findCharacterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && ((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start -= 1;
  return start;
}

function toEntry(item: Item): QuarantinedWebhook {
  const { id, source, at, reason, gzip, cutFrom } = parseChild(item);
  const kept = gunzipSync(gzip);
  const cut = cutFrom === undefined ? '' : `… (${cutFrom - kept.length} of ${cutFrom} bytes cut)`;
  return { id, source, at, reason, body: kept.toString() + cut };
}
