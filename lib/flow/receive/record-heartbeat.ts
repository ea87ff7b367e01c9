import type { HeartbeatStore } from '../../core/heartbeat/heartbeat-store.ts';
import type { Millis } from '../../core/shared/time.ts';

/** Records a heartbeat of a source. */
export type RecordHeartbeat = (heartbeat: {
  source: string;
  externalURL: string;
  now: Millis;
  /** A heartbeat sooner than this after the last one is not recorded. */
  spacing: Millis;
}) => Promise<void>;

/**
 * Created once per container. A heartbeat sooner than `spacing` after the last one costs no call. Other
 * containers may have recorded a later one, which the store's condition handles.
 */
export function createRecordHeartbeat(heartbeats: Pick<HeartbeatStore, 'record'>): RecordHeartbeat {
  const recorded = new Map<string, Millis>();

  return async ({ source, externalURL, now, spacing }) => {
    const last = recorded.get(source);
    if (last !== undefined && now - last < spacing) return;
    await heartbeats.record({ source, seenAt: now, externalURL }, spacing);
    recorded.set(source, now);
  };
}
