import type { Millis } from '../shared/time.ts';

/** The last sign of life of a source. Times are this system's own: a sender's clock proves nothing about the way here. */
export type Heartbeat = {
  source: string;
  seenAt: Millis;
  /** Alertmanager's address as the sign gave it, for links. */
  externalURL: string;
};

/** One small item a source that has ever given a sign. */
export interface HeartbeatStore {
  /** Notes a sign unless one is known that is less than `spacing` older, or newer: one conditional write. */
  note(sign: Heartbeat, spacing: Millis): Promise<void>;
  /** The last sign of every source that ever gave one: one consistent read. */
  list(): Promise<Heartbeat[]>;
}
