import type { Millis } from '../shared/time.ts';

/**
 * The last heartbeat of a source. Times are by our clock: a sender's clock does not show when the heartbeat
 * arrived.
 */
export type Heartbeat = {
  source: string;
  seenAt: Millis;
  /** Alertmanager's address from the heartbeat, for links. */
  externalURL: string;
};

/** One small item for each source that ever sent a heartbeat. */
export interface HeartbeatStore {
  /**
   * Records a heartbeat unless a newer one, or one less than `spacing` older, is recorded: one conditional
   * write.
   */
  record(heartbeat: Heartbeat, spacing: Millis): Promise<void>;
  /** The last heartbeat of every source: one consistent read. */
  list(): Promise<Heartbeat[]>;
}
