import type { Claim, Holder } from './claim.ts';
import type { DeliveryRecord, DestinationRecord } from './delivery.ts';

export interface DestinationStore {
  /** Consistent read; a destination never told anything has zeros. */
  read(incidentId: string, destination: string): Promise<DestinationRecord>;
  /** Destinations of the incident that do not take its notices, and why. */
  failing(incidentId: string): Promise<{ destination: string; failure: string }[]>;
  /** As ClaimedItem's. */
  claim(incidentId: string, destination: string, claim: Claim): Promise<DestinationRecord | undefined>;
  save(incidentId: string, record: DestinationRecord, holder: Holder): Promise<boolean>;
  /** Idempotent by `record.key`. */
  saveDelivery(incidentId: string, record: DeliveryRecord): Promise<void>;
}
