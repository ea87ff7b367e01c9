import {
  createDestinationRecord,
  type DeliveryRecord,
  type DestinationRecord,
} from '../../../lib/core/delivery/delivery.ts';
import type { DestinationStore } from '../../../lib/core/delivery/delivery-stores.ts';
import { createFaults, type Faults } from './faults.ts';
import { claimed, savedUnder } from './memory-claims.ts';

export type MemoryDestinationStore = DestinationStore & {
  readonly calls: Record<string, number>;
  /** Delivery records of one incident, in the order of the notices. */
  deliveriesOf(incidentId: string): DeliveryRecord[];
};

/** Records of destinations, in memory. */
export function createMemoryDestinationStore(faults: Faults = createFaults()): MemoryDestinationStore {
  const port = faults.port('destinations');
  const records = new Map<string, DestinationRecord>();
  const savedBy = new Map<string, string>();
  const deliveries = new Map<string, Map<string, DeliveryRecord>>();
  const at = (incidentId: string, destination: string) => `${incidentId} ${destination}`;
  const stored = (incidentId: string, destination: string) =>
    records.get(at(incidentId, destination)) ?? createDestinationRecord(destination);

  return {
    calls: port.calls,
    deliveriesOf: (incidentId) =>
      [...(deliveries.get(incidentId)?.values() ?? [])]
        .map((record) => structuredClone(record))
        .toSorted((a, b) => a.seq - b.seq || a.at - b.at || (a.key < b.key ? -1 : 1)),
    read: (incidentId, destination) =>
      port.run('read', () => structuredClone(stored(incidentId, destination))),
    failing: (incidentId) =>
      port.run('failing', () =>
        [...records]
          .filter(([key]) => key.startsWith(`${incidentId} `))
          .flatMap(([, { destination, failure, wholeChannel }]) =>
            failure === undefined
              ? []
              : [{ destination, failure, wholeChannel: wholeChannel ? wholeChannel : undefined }],
          ),
      ),
    claim: (incidentId, destination, claim) =>
      port.run('claim', () => {
        const record = claimed(stored(incidentId, destination), claim);
        if (record) records.set(at(incidentId, destination), record);
        return structuredClone(record);
      }),
    save: (incidentId, record, holder) =>
      port.run('save', () => {
        const key = at(incidentId, record.destination);
        const saved = savedUnder(stored(incidentId, record.destination), savedBy.get(key), record, holder);
        if (!saved) return false;
        records.set(key, saved);
        savedBy.set(key, holder.owner);
        return true;
      }),
    saveDelivery: (incidentId, record) =>
      port.run('saveDelivery', () => {
        const ofIncident = deliveries.get(incidentId) ?? new Map<string, DeliveryRecord>();
        deliveries.set(incidentId, ofIncident);
        const outcome = ofIncident.get(record.key)?.outcome;
        if (outcome === 'delivered' || outcome === 'digest' || outcome === 'superseded') return;
        ofIncident.set(record.key, structuredClone(record));
      }),
  };
}
