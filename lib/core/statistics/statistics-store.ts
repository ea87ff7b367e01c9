import type { IncidentSummary } from '../history/history.ts';
import type { Millis } from '../shared/time.ts';
import type { DiagnosisCounts } from './counts.ts';
import type { DirtyHour } from './dirty-hour.ts';
import type { RollUp } from './roll-up.ts';

/**
 * The incidents and diagnoses of an hour, in pages of any number. Incidents that never fired are left out.
 */
export interface HourSource {
  incidentsOf(hour: Millis): AsyncIterable<IncidentSummary[]>;
  diagnosesOf(hour: Millis): AsyncIterable<DiagnosisCounts[]>;
}

/** Hours to be counted again. */
export interface DirtyHours {
  /** One small write. All marks of one hour are one mark with the latest time. */
  markDirty(hour: Millis, at: Millis): Promise<void>;
  list(): Promise<DirtyHour[]>;
  /**
   * Records the outcome of a count that began at `at`. `settled` removes the mark, unless the hour has been
   * marked again since the mark was read.
   */
  attempted(dirtyHour: DirtyHour, at: Millis, outcome: 'failed' | 'counted' | 'settled'): Promise<void>;
}

/** The counted hours. */
export interface RollUps {
  /** Replaces the hour's stored count, unless that count began later than this one at `countedAt`. */
  keep(rollUp: RollUp, countedAt: Millis): Promise<void>;
  /** The hours that begin in this range (`from` included, `to` not), oldest first. */
  between(from: Millis, to: Millis): Promise<RollUp[]>;
}
