import type { Millis } from '../shared/time.ts';

/** A time during which notices about matching alerts are muted. */
export type Maintenance = {
  id: string;
  /** Alertmanager's matchers; an alert must match all of them. */
  matchers: string;
  from: Millis;
  to: Millis;
  by: string;
  reason: string;
  createdAt: Millis;
  /** When a person ended it early. */
  endedAt?: Millis;
  /** When its summary was published; absent: not yet. */
  notifiedAt?: Millis;
};

/** All reads are strongly consistent; none scans. */
export interface MaintenanceStore {
  add(maintenance: Maintenance): Promise<void>;
  get(id: string): Promise<Maintenance | undefined>;
  /** Maintenances planned to end later than `after`, in order of their end: one read. */
  endingAfter(after: Millis): Promise<Maintenance[]>;
  /** Ends it at `at` unless it is already over; the first end stays. Undefined: unknown id. */
  end(id: string, at: Millis): Promise<Maintenance | undefined>;
  markNotified(id: string, at: Millis): Promise<void>;
  /** Records that it muted notices of an incident. Idempotent. */
  recordMuted(id: string, incidentId: string): Promise<void>;
  /** Ids of the incidents that it muted, in no order. */
  mutedIncidents(id: string): Promise<string[]>;
}
