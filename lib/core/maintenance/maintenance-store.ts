import type { Millis } from '../shared/time.ts';

/** A time in which nobody is told of what is worked on. */
export type Maintenance = {
  id: string;
  /** Alertmanager's matchers, all of which an alert must satisfy. */
  matchers: string;
  from: Millis;
  to: Millis;
  by: string;
  reason: string;
  createdAt: Millis;
  /** When a person ended it before its time. */
  endedAt?: Millis;
  /** When its summary was handed on; absent: it is still to be. */
  notifiedAt?: Millis;
};

/** All reads are strongly consistent; none scans. */
export interface MaintenanceStore {
  add(maintenance: Maintenance): Promise<void>;
  get(id: string): Promise<Maintenance | undefined>;
  /** Those that were planned to end later than `after`, the first to end first: one read. */
  endingAfter(after: Millis): Promise<Maintenance[]>;
  /** Ends it at `at` unless it is over already; the first end stays. Undefined: there is none of this id. */
  end(id: string, at: Millis): Promise<Maintenance | undefined>;
  markNotified(id: string, at: Millis): Promise<void>;
  /** Notes that notices of an incident were muted by it. Idempotent. */
  noteMuted(id: string, incidentId: string): Promise<void>;
  /** Ids of the incidents it muted, in no order. */
  mutedIncidents(id: string): Promise<string[]>;
}
