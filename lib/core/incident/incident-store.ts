import type { Millis } from '../shared/time.ts';
import type { Effect } from './effect.ts';
import type { Incident } from './incident.ts';

/** The store refuses what was to be written because of what is in it: trying again cannot help. */
export class UnwritableError extends Error {
  override name = 'UnwritableError';
}

/** The one item per episode that is the only truth of an incident's state. All reads are strongly consistent. */
export interface IncidentStore {
  /** Latest episode under a key: one Query, Limit 1, descending. */
  latest(key: string): Promise<Incident | undefined>;
  get(id: string): Promise<Incident | undefined>;
  /**
   * One conditional put. `expectedVersion` 0 creates the episode and conflicts when it exists.
   * Throws UnwritableError for an item that the store refuses, and otherwise only when it cannot be reached.
   */
  write(incident: Incident, expectedVersion: number): Promise<'written' | 'conflict'>;
  /**
   * Drops handed-over effects: sets `effects` and `nextDueAt` on condition that the stored version is still
   * `incident.version`. The version itself does not grow. `superseded`: a newer writer has the effects now.
   */
  dropPublishedEffects(
    incident: Incident,
    remaining: Effect[],
    nextDueAt: Millis | undefined,
  ): Promise<'kept' | 'superseded'>;
  /** Ids of incidents whose nextDueAt is at or before `now`, oldest first, over all shards of the due index. */
  due(now: Millis, limit: number): Promise<string[]>;
}
