import { isMaintenanceId, parseTimePart } from '../../../core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../../core/maintenance/maintenance-store.ts';
import { CHILD_SCHEMA, parseChildContent } from '../table/child-item.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { computeExpiry, type DynamoTable, type Item, type Key } from '../table/table.ts';
import { get, putIf, query, updateIf } from '../table/verbs.ts';

/** Partition of all maintenances, sorted by id and so by planned end; incident keys are hashes and never look like this. */
const PARTITION = 'maintenance';

/**
 * Maintenances in DynamoDB. Calls made: `endingAfter` and `mutedIncidents` one Query, `get` one GetItem, `end` an
 * UpdateItem and a GetItem, the others one write.
 */
export function createDynamoMaintenanceStore(table: DynamoTable): MaintenanceStore {
  return {
    async add(maintenance) {
      await put(table, keyOf(maintenance.id), maintenance, maintenance.to);
    },

    get: (id) => read(table, id),

    async endingAfter(after) {
      const items = await query(table, {
        where: 'pk = :pk AND sk > :after',
        // `~` sorts behind every id of that very moment.
        values: { pk: PARTITION, after: `${parseTimePart(after)}~` },
      });
      return items.map((item): Maintenance => parseChildContent(item));
    },

    async end(id, at) {
      if (isMaintenanceId(id)) await set(table, id, 'endedAt', at, ' AND content.#to > :at');
      return read(table, id);
    },

    async markNotified(id, at) {
      await set(table, id, 'notifiedAt', at);
    },

    async recordMuted(id, incidentId) {
      await put(table, { pk: mutedPartition(id), sk: incidentId }, {}, table.now());
    },

    async mutedIncidents(id) {
      const items = await query(table, { where: 'pk = :pk', values: { pk: mutedPartition(id) } });
      return items.map(toSortKey);
    },
  };
}

async function read(table: DynamoTable, id: string): Promise<Maintenance | undefined> {
  const item = isMaintenanceId(id) ? await get(table, keyOf(id)) : undefined;
  return item && parseChildContent(item);
}

function put(table: DynamoTable, key: Key, content: object, lastsUntil: number): Promise<boolean> {
  const expiresAt = computeExpiry(lastsUntil, table.retentionDays);
  const item = marshall({ ...key, content, schema: CHILD_SCHEMA, expiresAt });
  return putIf(table, item, 'attribute_not_exists(pk)');
}

function set(
  table: DynamoTable,
  id: string,
  field: 'endedAt' | 'notifiedAt',
  at: number,
  andWhen = '',
): Promise<boolean> {
  return updateIf(table, keyOf(id), {
    set: `content.${field} = :at`,
    when: `#schema <= :schema AND attribute_not_exists(content.${field})${andWhen}`,
    values: { at, schema: CHILD_SCHEMA },
  });
}

function keyOf(id: string): Key {
  return { pk: PARTITION, sk: id };
}

function mutedPartition(id: string): string {
  return `${PARTITION}#${id}`;
}

function toSortKey(item: Item): string {
  return String(unmarshall(item)['sk']);
}
