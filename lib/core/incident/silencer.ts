import type { Millis } from '../shared/time.ts';

/** One exact condition on a label; a label that is not there has the empty text as its value. */
export type SilenceMatcher = { name: string; value: string };

export type SilenceRequest = {
  /** Stands in the comment; by it a silence is found again. */
  incidentId: string;
  matchers: SilenceMatcher[];
  now: Millis;
  until: Millis;
  /** The person; Alertmanager keeps it as the silence's author. */
  by: string;
  comment: string;
};

/** `existing`: one for this incident lasts at least as long already; `by` is who made it. */
export type SilenceOutcome =
  | { kind: 'created' | 'extended'; id: string; until: Millis }
  | { kind: 'existing'; id: string; until: Millis; by: string }
  | { kind: 'failed'; reason: string };

/** Makes silences in a source's Alertmanager. */
export interface Silencer {
  /**
   * A silence with exactly these matchers until then: a new one, or the incident's own made longer. `timeoutMs` is
   * for all of it. Never throws; a failure is one sentence without addresses.
   */
  silence(
    source: string,
    request: SilenceRequest,
    bounds: { timeoutMs: number; signal: AbortSignal },
  ): Promise<SilenceOutcome>;
}
