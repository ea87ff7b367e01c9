import type { Effect } from './effect-schema.ts';
import type { Incident } from './incident.ts';

/** The diagnose queue: FIFO, one message group per incident. */
export interface EffectQueue {
  /**
   * Sends the effects, oldest first, in SendMessageBatch calls of up to ten. Each effect's id is its
   * deduplication id. Returns how many were accepted, counted from the oldest without a gap.
   */
  publish(incident: Pick<Incident, 'id'>, effects: Effect[]): Promise<number>;
}
