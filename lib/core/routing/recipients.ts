import type { Incident, TierCalls } from '../incident/incident.ts';
import { nextTierAt, reminderAt } from '../incident/state-machine/next-due.ts';
import { policyFor } from '../runbook/find-runbook.ts';
import { type EscalationPolicy, type Tier } from '../runbook/policy.ts';
import type { RunbookCatalog } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import { calledSoFar, toldName } from './called-people.ts';

/** Who has been told by now, as `Ana (on-call, L1)`, and when the next thing happens. What a notice says under "Told". */
export type Told = { names: string[]; acknowledgeBy?: Millis; next?: { tier: Tier; at: Millis } };

/**
 * Names whoever was on call when they were called. Of a tier that was called more than twice, it names those of the
 * first and of the last time; the history has every delivery.
 */
export function toldOf(catalog: RunbookCatalog, incident: Incident): Told {
  const escalation = policyFor(catalog, incident.alertname).escalation[incident.severity];
  const calls = incident.calls ?? supposedCalls(incident, escalation);
  const reached = calls.filter(({ tier }) => tier <= incident.tier);
  const people = calledSoFar(catalog, reached);
  const told: Told = { names: [...new Set(people.map(toldName))] };
  const acknowledgeBy = reminderAt(incident, escalation);
  if (acknowledgeBy !== undefined) told.acknowledgeBy = acknowledgeBy;
  const at = nextTierAt(incident, escalation);
  const step = escalation.tiers.find((each) => each.tier > incident.tier);
  if (at !== undefined && step !== undefined) told.next = { tier: step.tier, at };
  return told;
}

/** For an incident that the version before opened, which did not note its calls: when they were due. */
function supposedCalls(incident: Incident, escalation: EscalationPolicy): TierCalls[] {
  const { clockStartedAt, pagedAt, severity, reminded } = incident;
  // On-call is called by name with the first page of a critical incident, of any other with its reminder.
  const first: TierCalls = { tier: 1, firstAt: clockStartedAt, lastAt: pagedAt };
  const later = escalation.tiers.map(({ tier, after }) => {
    const at = clockStartedAt + after;
    return { tier, firstAt: at, lastAt: at };
  });
  return severity === 'critical' || reminded ? [first, ...later] : later;
}
