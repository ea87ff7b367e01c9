import type { Millis } from '../shared/time.ts';

/** One exact condition on a label; an absent label has the empty text as its value. */
export type SilenceMatcher = { name: string; value: string };

export type SilenceRequest = {
  /** Written into the comment, which identifies the silence later. */
  incidentId: string;
  matchers: SilenceMatcher[];
  now: Millis;
  until: Millis;
  /** The person; Alertmanager records this name as the silence's author. */
  by: string;
  comment: string;
};

/** `existing`: a silence for this incident lasts at least as long; `by` is its author. */
export type SilenceOutcome =
  | { kind: 'created' | 'extended'; id: string; until: Millis }
  | { kind: 'existing'; id: string; until: Millis; by: string }
  | { kind: 'failed'; reason: string };

/** Creates silences in a source's Alertmanager. */
export interface Silencer {
  /**
   * Creates a silence with exactly these matchers until the given time, or extends the incident's own.
   * `timeoutMs` covers all requests. Never throws; a failure is one sentence without addresses.
   */
  silence(
    source: string,
    request: SilenceRequest,
    bounds: { timeoutMs: number; signal: AbortSignal },
  ): Promise<SilenceOutcome>;
}
