import type { IncidentSummary } from '../history/history.ts';
import type { Millis } from '../shared/time.ts';
import type { DiagnosisCounts } from './counts.ts';
import type { DirtyHour } from './hour-mark.ts';
import type { RollUp } from './roll-up.ts';

/** What an hour is counted from, in pages, however much it holds. Phantoms are left out. */
export interface HourSource {
  incidentsOf(hour: Millis): AsyncIterable<IncidentSummary[]>;
  diagnosesOf(hour: Millis): AsyncIterable<DiagnosisCounts[]>;
}

/** Which hours are to be counted anew. */
export interface DirtyHours {
  /** One small write; any number of them for one hour are one mark, with the latest time. */
  markDirty(hour: Millis, at: Millis): Promise<void>;
  list(): Promise<DirtyHour[]>;
  /**
   * Notes what came of a count that began at `at`. `settled` takes the mark away, unless the hour has been marked
   * again since the mark was read.
   */
  attempted(markDirty: DirtyHour, at: Millis, outcome: 'failed' | 'counted' | 'settled'): Promise<void>;
}

/** The counted hours. */
export interface RollUps {
  /** Replaces what was counted of that hour before, unless that count began later than this one at `countedAt`. */
  keep(rollUp: RollUp, countedAt: Millis): Promise<void>;
  /** Of the hours that begin in this range (`from` included, `to` not), oldest first. */
  between(from: Millis, to: Millis): Promise<RollUp[]>;
}
