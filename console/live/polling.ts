/** Longest time between two tries while the API does not answer. */
const LONGEST_MS = 60_000;

/** The delay until the next request, doubled after every failure in a row. */
export function delayAfter(failures: number, everyMs: number): number {
  return Math.min(LONGEST_MS, everyMs * 2 ** Math.min(failures, 10));
}

export type Freshness =
  | { kind: 'waiting' }
  | { kind: 'fresh'; at: number }
  | { kind: 'paused'; at: number }
  /** The data on the page is as of `at`; `why` is a sentence. Absent `at`: nothing is shown yet. */
  | { kind: 'stale'; at?: number; why: string; nextAt: number };

type Polling = { at?: number; failures: number; why?: string; nextAt: number };

/** How old the data on the page is, and why. */
export function freshnessOf({ at, failures, why, nextAt }: Polling, hidden: boolean): Freshness {
  if (failures > 0) {
    return {
      kind: 'stale',
      why: why ?? 'The API cannot be reached.',
      nextAt,
      at,
    };
  }
  if (at === undefined) return { kind: 'waiting' };
  return { kind: hidden ? 'paused' : 'fresh', at };
}
