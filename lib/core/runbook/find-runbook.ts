import type { Severity } from '../shared/severity.ts';
import type { EscalationPolicy, IncidentPolicy } from './policy.ts';
import type { HeartbeatRule, Runbook, RunbookCatalog } from './runbook.ts';

/** The runbook for an alertname, else the default runbook under that name. */
export function findRunbook(catalog: RunbookCatalog, alertname: string): Runbook {
  const runbook = Object.hasOwn(catalog.runbooks, alertname) ? catalog.runbooks[alertname] : undefined;
  if (runbook !== undefined) return runbook;
  const own = [catalog.heartbeat.runbook, catalog.payloadTooLarge].find(
    (each) => each?.alertname === alertname,
  );
  return own ?? { ...catalog.defaultRunbook, alertname, isDefault: true };
}

/** The heartbeat rule of a source. */
export function findHeartbeatRule({ heartbeat }: RunbookCatalog, source: string): HeartbeatRule {
  const own = Object.hasOwn(heartbeat.sources, source) ? heartbeat.sources[source] : undefined;
  return own ?? heartbeat.defaultRule;
}

const never: EscalationPolicy = { tiers: [], acknowledgeStopsTiers: false };

const noEscalation: Record<Severity, EscalationPolicy> = { critical: never, warning: never, info: never };

/** The parts of a runbook that the state machine needs: its timing and its escalation policy. */
export function findPolicy(catalog: RunbookCatalog, alertname: string): IncidentPolicy {
  const runbook = findRunbook(catalog, alertname);
  return {
    reopenWindow: runbook.reopenWindow,
    staleAfter: runbook.staleAfter,
    promotions: runbook.promotions,
    escalation: catalog.escalation[runbook.escalation] ?? noEscalation,
  };
}

/**
 * The label whose distinct values can promote an incident (docs/rules.md#rule-9), if the runbook watches one.
 */
export function getWatchedLabel(runbook: Runbook): string | undefined {
  for (const promotion of runbook.promotions) {
    if (promotion.kind === 'distinct-values') return promotion.label;
  }
  return undefined;
}
