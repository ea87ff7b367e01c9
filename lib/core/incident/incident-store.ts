import type { Millis } from '../shared/time.ts';
import type { Effect } from './effect-schema.ts';
import type { Incident } from './incident.ts';

/** The store refuses the item because of its content, so a retry cannot help. */
export class UnwritableError extends Error {
  override name = 'UnwritableError';
}

/** One item per episode, the only truth about an incident's state. All reads are strongly consistent. */
export interface IncidentStore {
  /** Latest episode under a key: one Query, Limit 1, descending. */
  latest(key: string): Promise<Incident | undefined>;
  get(id: string): Promise<Incident | undefined>;
  /**
   * One conditional put. `expectedVersion` 0 creates the episode, and conflicts when it exists. Throws
   * UnwritableError for an item that the store refuses; otherwise throws only when the store is unreachable.
   */
  write(incident: Incident, expectedVersion: number): Promise<'written' | 'conflict'>;
  /**
   * Drops published effects: sets `effects` and `nextDueAt` if the stored version is still
   * `incident.version`. Does not change the version. `superseded`: a newer version has the effects now.
   */
  dropPublishedEffects(
    incident: Incident,
    remaining: Effect[],
    nextDueAt: Millis | undefined,
  ): Promise<'kept' | 'superseded'>;
  /** Ids of incidents whose nextDueAt is at or before `now`, oldest first, over all shards of the due index. */
  due(now: Millis, limit: number): Promise<string[]>;
}
