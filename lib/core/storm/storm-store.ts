import type { Claim, Holder } from '../delivery/claim.ts';
import type { Millis } from '../shared/time.ts';
import type { DigestRecord, Storm, StormEntry } from './storm.ts';

/** `hasCloser`: a message is already queued that will close the digest. */
export type Admission = { kind: 'standalone' } | { kind: 'storm'; startedAt: Millis; hasCloser: boolean };

export type Arrival = {
  incidentId: string;
  now: Millis;
  /** New incidents a minute up to which each has a message of its own. */
  limit: number;
  /** End of a storm that begins with this arrival. Absent: no storm begins. */
  until?: Millis;
};

/** Counts the new incidents of each destination and detects storms. */
export interface StormDetector {
  /** Idempotent by incident within a minute. */
  admit(place: string, arrival: Arrival): Promise<Admission>;
  /** The latest storm of a destination, over or not. */
  latest(place: string): Promise<{ startedAt: Millis; until: Millis } | undefined>;
  /** Extends the storm, or records that it has a closer. No effect if a later storm exists. */
  keep(storm: Storm, change: { until: Millis } | { hasCloser: true }): Promise<void>;
}

/** The incidents in a digest. */
export interface StormEntries {
  /** Stores an entry unless the same or a later version is there; returns the stored entry. */
  put(storm: Storm, entry: StormEntry): Promise<StormEntry>;
  /** All entries, in no order; a consistent read. */
  all(storm: Storm): Promise<StormEntry[]>;
}

/** What people can see of a digest. */
export interface DigestStore {
  read(storm: Storm): Promise<DigestRecord>;
  /** See ClaimedItem. */
  claim(storm: Storm, claim: Claim): Promise<DigestRecord | undefined>;
  save(storm: Storm, record: DigestRecord, holder: Holder): Promise<boolean>;
}
