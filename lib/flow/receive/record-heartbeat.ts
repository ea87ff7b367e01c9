import type { HeartbeatStore } from '../../core/heartbeat/heartbeat-store.ts';
import type { Millis } from '../../core/shared/time.ts';

/** Notes a sign of life of a source. */
export type RecordHeartbeat = (sign: {
  source: string;
  externalURL: string;
  now: Millis;
  /** Less than this after the last one it is not noted. */
  spacing: Millis;
}) => Promise<void>;

/**
 * One for a warm function: what it noted less than a minute ago costs not even a call. Others of its kind may have
 * noted more, which the store's condition settles.
 */
export function createRecordHeartbeat(heartbeats: Pick<HeartbeatStore, 'note'>): RecordHeartbeat {
  const noted = new Map<string, Millis>();

  return async ({ source, externalURL, now, spacing }) => {
    const last = noted.get(source);
    if (last !== undefined && now - last < spacing) return;
    await heartbeats.note({ source, seenAt: now, externalURL }, spacing);
    noted.set(source, now);
  };
}
