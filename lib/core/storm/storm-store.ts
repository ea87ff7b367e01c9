import type { Claim, Holder } from '../delivery/claim.ts';
import type { Millis } from '../shared/time.ts';
import type { DigestRecord, Storm, StormEntry } from './storm.ts';

/** `hasCloser`: somebody will say when the storm is over. */
export type Admission = { kind: 'standalone' } | { kind: 'storm'; startedAt: Millis; hasCloser: boolean };

export type Arrival = {
  incidentId: string;
  now: Millis;
  /** Incidents a minute that may have a message of their own. */
  limit: number;
  /** Until when a storm lasts that begins here; absent: it begins none. */
  until?: Millis;
};

/** Counts what is new in each place, and says whether there is a storm. */
export interface StormDetector {
  /** Idempotent by incident within a minute. */
  admit(place: string, arrival: Arrival): Promise<Admission>;
  /** The latest storm of a place, over or not. */
  latest(place: string): Promise<{ startedAt: Millis; until: Millis } | undefined>;
  /** Makes the storm last longer, or says that it has a closer; without effect once there is a later one. */
  keep(storm: Storm, change: { until: Millis } | { hasCloser: true }): Promise<void>;
}

/** Which incidents are in a digest. */
export interface StormEntries {
  /** Puts an entry in, unless the same or a later version is there already; returns what is there. */
  put(storm: Storm, entry: StormEntry): Promise<StormEntry>;
  /** All of them, in no order; consistent. */
  all(storm: Storm): Promise<StormEntry[]>;
}

/** What of a digest people can see. */
export interface DigestStore {
  read(storm: Storm): Promise<DigestRecord>;
  /** As ClaimedItem's. */
  claim(storm: Storm, claim: Claim): Promise<DigestRecord | undefined>;
  save(storm: Storm, record: DigestRecord, holder: Holder): Promise<boolean>;
}
