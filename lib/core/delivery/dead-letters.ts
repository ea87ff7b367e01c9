import type { Millis } from '../shared/time.ts';

/** A notice that was tried a hundred times and never sent. */
export type DeadLetter = {
  incidentId: string;
  destination: string;
  reason: string;
  /** When it was decided that people are to be told; for a maintenance's summary, when it was sent on. */
  at: Millis;
  /** How often it has been sent on purpose; each time it was tried a hundred times. */
  attempt: number;
};

export type DeadLetterListing = {
  /** How many there are in all, those that nobody can read included. */
  count: number;
  /** As many as one look finds. */
  letters: DeadLetter[];
  /** Of those looked at, how many no version before or of this code has written. */
  unreadable: number;
};

export type RedriveResult = {
  /** Letters that are back on the deliver queue. */
  redriven: number;
  /** Letters that are still dead: unreadable, looked at by somebody else this moment, or too many for one call. */
  left: number;
};

/** The dead letters of the deliver queue. */
export interface DeadLetters {
  list(): Promise<DeadLetterListing>;
  /** Takes no longer than an API call may. */
  redrive(): Promise<RedriveResult>;
}
