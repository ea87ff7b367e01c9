import { SIGN_SPACING } from '../core/heartbeat/heartbeat.ts';
import type { HeartbeatStore } from '../core/heartbeat/heartbeat-store.ts';
import type { Millis } from '../core/shared/time.ts';

/** Notes a sign of life of a source. */
export type NoteSign = (sign: { source: string; externalURL: string; now: Millis }) => Promise<void>;

/**
 * One for a warm function: what it noted less than a minute ago costs not even a call. Others of its kind may have
 * noted more, which the store's condition settles.
 */
export function createNoteSign(heartbeats: Pick<HeartbeatStore, 'note'>): NoteSign {
  const noted = new Map<string, Millis>();

  return async ({ source, externalURL, now }) => {
    const last = noted.get(source);
    if (last !== undefined && now - last < SIGN_SPACING) return;
    await heartbeats.note({ source, seenAt: now, externalURL }, SIGN_SPACING);
    noted.set(source, now);
  };
}
