import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
/** A rule that raises an incident's severity (docs/rules.md#rule-9). */
export type Promotion =
  | { kind: 'repeated'; to: Severity; count: number; within: Millis }
  | { kind: 'open-longer'; to: Severity; after: Millis }
  | { kind: 'distinct-values'; to: Severity; label: string; atLeast: number };

/** When people of the next tier are told, and when an unacknowledged page is repeated. */
export type EscalationPolicy = {
  /** Time after a page by which somebody must acknowledge before on-call is reminded; absent: never reminded. */
  acknowledgeWithin?: Millis;
  /** Later tiers, by time since the tier clock started. */
  tiers: { tier: Tier; after: Millis }[];
  /** Whether an acknowledgement stops the tiers. The source runbook: only resolving does. */
  acknowledgeStopsTiers: boolean;
};

/** Everything `transition` needs to know about an incident's runbook. Durations in milliseconds. */
export type IncidentPolicy = {
  reopenWindow: Millis;
  staleAfter: Millis;
  promotions: Promotion[];
  escalation: Record<Severity, EscalationPolicy>;
};

/** Tiers of the escalation: L1, L2, L3. */
export type Tier = 1 | 2 | 3;
