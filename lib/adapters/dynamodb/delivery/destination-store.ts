import { createDestinationRecord, type DestinationRecord } from '../../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../../core/delivery/delivery-stores.ts';
import { createChildItem, parseChild } from '../table/child-item.ts';
import { claimItem, saveClaimed } from '../table/claim-item.ts';
import { type DynamoTable, formatSeq, type Item, toKey } from '../table/table.ts';
import { get, putIf, query } from '../table/verbs.ts';

/** What each destination has received, as child items of the incident. Every method is one call. */
export function createDynamoDestinationStore(table: DynamoTable): DestinationStore {
  return {
    async read(incidentId, destination) {
      const item = await get(table, toKey(incidentId, 'destination', destination));
      return { ...createDestinationRecord(destination), ...(item && toRecord(item)) };
    },

    async failing(incidentId) {
      const items = await query(table, {
        where: 'pk = :pk AND begins_with(sk, :sk)',
        filter: 'attribute_exists(failure)',
        values: toKey(incidentId, 'destination', ''),
      });
      return items.map((item) => {
        const { destination = '', failure = '', wholeChannel } = toRecord(item);
        return { destination, failure, wholeChannel: wholeChannel ? wholeChannel : undefined };
      });
    },

    async claim(incidentId, destination, claim) {
      const item = await claimItem(table, toKey(incidentId, 'destination', destination), claim, destination);
      return item && { ...createDestinationRecord(destination), ...toRecord(item) };
    },

    save: (incidentId, record, holder) =>
      saveClaimed(table, toKey(incidentId, 'destination', record.destination), record, holder),

    async saveDelivery(incidentId, record) {
      const key = toKey(incidentId, 'delivery', formatSeq(record.seq), record.key);
      // A repeated message must not overwrite the record of a delivered one.
      const open = 'attribute_not_exists(pk) OR NOT content.outcome IN (:delivered, :digest, :superseded)';
      const final = { delivered: 'delivered', digest: 'digest', superseded: 'superseded' };
      await putIf(table, createChildItem(table, key, record), open, final);
    },
  };
}

function toRecord(item: Item): Partial<DestinationRecord> {
  const { pk: _pk, sk: _sk, schema: _, expiresAt: __, savedBy: ___, ...record } = parseChild(item);
  return record;
}
