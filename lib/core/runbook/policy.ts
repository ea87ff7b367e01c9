import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
/** A rule that raises an incident's severity (docs/rules.md#rule-9). */
export type Promotion =
  | { kind: 'repeated'; to: Severity; count: number; within: Millis }
  | { kind: 'open-longer'; to: Severity; after: Millis }
  | { kind: 'distinct-values'; to: Severity; label: string; atLeast: number };

/** When the next tier is called, and when an unacknowledged page is repeated. */
export type EscalationPolicy = {
  /** Time that people have to acknowledge a page before on-call is reminded; absent: no reminder. */
  acknowledgeWithin?: Millis;
  /** Later tiers, by time since the tier clock started. */
  tiers: { tier: Tier; after: Millis }[];
  /** Whether an acknowledgement stops the tiers. In the operations team's runbook only a resolve does. */
  acknowledgeStopsTiers: boolean;
};

/** Everything that `transition` needs from a runbook. Durations in milliseconds. */
export type IncidentPolicy = {
  reopenWindow: Millis;
  staleAfter: Millis;
  promotions: Promotion[];
  escalation: Record<Severity, EscalationPolicy>;
};

/** Tiers of the escalation: L1, L2, L3. */
export type Tier = 1 | 2 | 3;
