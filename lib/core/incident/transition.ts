import type { Millis } from '../shared/time.ts';
import type { Effect } from './effect.ts';
import type { IncidentEvent } from './event.ts';
import type { Incident } from './incident.ts';
import type { IncidentPolicy } from './policy.ts';

/** What an event came to, for the answer to whoever caused it. */
export type TransitionOutcome =
  | 'opened'
  | 'joined'
  | 'raised'
  | 'updated'
  | 'duplicate'
  | 'reopened'
  | 'resolved'
  | 'recorded'
  | 'acknowledged'
  | 'unchanged'
  | 'escalated'
  | 'reminder'
  | 'flapping'
  | 'unverified'
  | 'closed';

export type Transition = {
  /** The same object when nothing changed: then nothing is written. */
  incident: Incident | undefined;
  /** Effects decided now; they are already in `incident.effects`, behind older ones. */
  effects: Effect[];
  outcome: TransitionOutcome;
  /** True when `incident` differs from the one given and must be written. */
  changed: boolean;
};

/**
 * The state machine. Pure: no I/O, no clock, no randomness.
 * `incident` is the latest episode under the key, or undefined when there is none; an answer with a higher
 * `episode` than the one given is a new item (write it with expected version 0).
 */
export function transition(
  incident: Incident | undefined,
  event: IncidentEvent,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  throw new Error(`not yet: ${event.type} ${now} ${policy.staleAfter} ${incident?.id}`);
}
