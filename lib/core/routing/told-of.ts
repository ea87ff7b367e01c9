import type { Tier } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { nextTierAt, reminderAt } from '../incident/next-due.ts';
import { policyFor } from '../runbook/policy-for.ts';
import type { RunbookCatalog } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import { contactsOf } from './route-notice.ts';

/** Who has been told by now, and when the next thing happens. What a notice says under "Told". */
export type Told = { names: string[]; acknowledgeBy?: Millis; next?: { tier: Tier; at: Millis } };

export function toldOf(catalog: RunbookCatalog, incident: Incident): Told {
  const escalation = policyFor(catalog, incident.alertname).escalation[incident.severity];
  const tiers = ([1, 2, 3] as const).filter((tier) => tier <= incident.tier && wasCalled(tier, incident));
  const told: Told = { names: contactsOf(catalog, tiers).map((contact) => contact.name) };
  const acknowledgeBy = reminderAt(incident, escalation);
  if (acknowledgeBy !== undefined) told.acknowledgeBy = acknowledgeBy;
  const at = nextTierAt(incident, escalation);
  const step = escalation.tiers.find((each) => each.tier > incident.tier);
  if (at !== undefined && step !== undefined) told.next = { tier: step.tier, at };
  return told;
}

/** On-call is called by name with the first page of a critical incident, of any other with its reminder. */
function wasCalled(tier: Tier, incident: Incident): boolean {
  return tier > 1 || incident.severity === 'critical' || incident.reminded;
}
