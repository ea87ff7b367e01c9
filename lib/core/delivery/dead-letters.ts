import type { Millis } from '../shared/time.ts';

/** A notice that was tried a hundred times and never sent. */
export type DeadLetter = {
  incidentId: string;
  destination: string;
  reason: string;
  /** When the notice was decided; for a maintenance's summary, when it was queued. */
  at: Millis;
  /** How often it has been queued deliberately; each time it was tried a hundred times. */
  attempt: number;
};

export type DeadLetterListing = {
  /** All dead letters, including the unreadable ones. */
  count: number;
  /** As many as one listing finds. */
  letters: DeadLetter[];
  /** How many of the listed ones no version of the code can read. */
  unreadable: number;
};

export type RedriveResult = {
  /** Letters that are back on the deliver queue. */
  redriven: number;
  /** Letters that are still dead: unreadable, being read by another caller, or too many for one call. */
  remaining: number;
};

/** The dead letters of the deliver queue. */
export interface DeadLetters {
  list(): Promise<DeadLetterListing>;
  /** Ends within the time limit of an API call. */
  redrive(): Promise<RedriveResult>;
}
