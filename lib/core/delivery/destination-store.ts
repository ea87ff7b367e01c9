import type { Millis } from '../shared/time.ts';
import type { DeliveryRecord, DestinationRecord } from './delivery.ts';

export interface DestinationStore {
  /** Consistent read; a destination never told anything has zeros. */
  read(incidentId: string, destination: string): Promise<DestinationRecord>;
  /** Destinations of the incident that refused its last notice for good, and why. */
  failing(incidentId: string): Promise<{ destination: string; failure: string }[]>;
  /** Takes the claim when none is live at `now`; `false`: another run is sending. */
  claim(incidentId: string, destination: string, now: Millis, until: Millis): Promise<boolean>;
  /** Stores what was told and gives the claim back. */
  save(incidentId: string, record: DestinationRecord): Promise<void>;
  /** Idempotent by `record.key`. */
  saveDelivery(incidentId: string, record: DeliveryRecord): Promise<void>;
}
