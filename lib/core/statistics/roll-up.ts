import type { IncidentSummary } from '../history/history.ts';
import { HOUR, MINUTE, type Millis } from '../shared/time.ts';
import {
  type Counts,
  countDiagnosis,
  countIncident,
  createCounts,
  type DiagnosisCounts,
  foldNames,
  type NameCount,
} from './counts.ts';

/** The smallest stretch that is counted separately: every zone in use has its midnight at such a border. */
export const QUARTER = 15 * MINUTE;

/** The counts of a UTC hour, by its quarters that are not empty; `hour` and `at` are where they begin. */
export type RollUp = { hour: Millis; quarters: { at: Millis; counts: Counts }[] };

/** Alertnames that an hour keeps; incidents of all others are counted without the name. */
const MAX_NAMES = 200;
/** Total size of these names. Names can be long, and an item holds 400 KB. */
const MAX_NAME_BYTES = 40 * 1024;

/**
 * Accepts the incidents and diagnoses of one hour in any order and in pages, so that no hour has to fit in
 * memory.
 */
export type HourCount = {
  incidents(page: readonly IncidentSummary[]): void;
  diagnoses(page: readonly DiagnosisCounts[]): void;
  rollUp(): RollUp;
};

/**
 * Counts an hour again, from the incidents opened and the diagnoses begun in it. Counters that are
 * incremented would drift: effects are processed more than once, and no transaction joins a count to its
 * cause.
 */
export function countHour(hour: Millis): HourCount {
  const quarters = new Map<Millis, Counts>();
  const countsAt = (at: Millis): Counts | undefined => {
    if (getHour(at) !== hour) return undefined;
    const quarter = Math.floor(at / QUARTER) * QUARTER;
    const counts = quarters.get(quarter) ?? createCounts();
    quarters.set(quarter, counts);
    return counts;
  };
  return {
    incidents(page) {
      for (const incident of page) {
        const counts = countsAt(incident.openedAt);
        if (counts !== undefined) countIncident(counts, incident);
      }
    },
    diagnoses(page) {
      for (const diagnosis of page) {
        const counts = diagnosis.checked > 0 ? countsAt(diagnosis.startedAt) : undefined;
        if (counts !== undefined) countDiagnosis(counts, diagnosis);
      }
    },
    rollUp() {
      const kept = chooseNames([...quarters.values()]);
      for (const counts of quarters.values()) foldNames(counts, (name) => kept.has(name));
      return {
        hour,
        quarters: [...quarters].map(([at, counts]) => ({ at, counts })).toSorted((a, b) => a.at - b.at),
      };
    },
  };
}

/** Where the UTC hour of a moment begins. */
export function getHour(at: Millis): Millis {
  return Math.floor(at / HOUR) * HOUR;
}

/** Order of the list of noisiest alerts. */
export function sortNoisiestFirst([a, x]: [string, NameCount], [b, y]: [string, NameCount]): number {
  return y.incidents - x.incidents || y.alerts - x.alerts || (a < b ? -1 : 1);
}

function chooseNames(all: Counts[]): Set<string> {
  const totals = new Map<string, NameCount>();
  for (const { alertnames } of all) {
    for (const [name, { incidents, alerts }] of alertnames) {
      const total = totals.get(name) ?? { incidents: 0, alerts: 0 };
      totals.set(name, { incidents: total.incidents + incidents, alerts: total.alerts + alerts });
    }
  }
  const kept = new Set<string>();
  let bytes = 0;
  for (const [name] of [...totals].toSorted(sortNoisiestFirst).slice(0, MAX_NAMES)) {
    bytes += Buffer.byteLength(name);
    if (bytes > MAX_NAME_BYTES) break;
    kept.add(name);
  }
  return kept;
}
