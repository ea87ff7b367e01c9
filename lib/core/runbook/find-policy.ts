import type { Severity } from '../shared/severity.ts';
import type { EscalationPolicy, IncidentPolicy } from './policy.ts';
import { type Runbook, type RunbookCatalog, runbookFor } from './runbook.ts';

const never: EscalationPolicy = { tiers: [], acknowledgeStopsTiers: false };
const noEscalation: Record<Severity, EscalationPolicy> = { critical: never, warning: never, info: never };

/** What the state machine needs to know about an alertname: its runbook's timing and its escalation policy. */
export function policyFor(catalog: RunbookCatalog, alertname: string): IncidentPolicy {
  const runbook = runbookFor(catalog, alertname);
  return {
    reopenWindow: runbook.reopenWindow,
    staleAfter: runbook.staleAfter,
    promotions: runbook.promotions,
    escalation: catalog.escalation[runbook.escalation] ?? noEscalation,
  };
}

/** The label whose distinct values can promote an incident (rule 9), if the runbook watches one. */
export function facetLabel(runbook: Runbook): string | undefined {
  for (const promotion of runbook.promotions) {
    if (promotion.kind === 'distinct-values') return promotion.label;
  }
  return undefined;
}
