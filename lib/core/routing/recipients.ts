import type { Incident } from '../incident/incident.ts';
import { findNextTierAt, findReminderAt } from '../incident/state-machine/next-due.ts';
import { findPolicy } from '../runbook/find-runbook.ts';
import type { Tier } from '../runbook/policy.ts';
import type { RunbookCatalog } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import { formatRecipient, listPeopleCalledSoFar } from './called-people.ts';

/**
 * Who has been notified so far, as `Ana (on-call, L1)`, and when the next step follows. Shown under "Told".
 */
export type Recipients = { names: string[]; acknowledgeBy?: Millis; next?: { tier: Tier; at: Millis } };

/**
 * Names the people who were on call when their tier was called. Of a tier called more than twice, names those
 * of the first and of the last call. The history has every delivery.
 */
export function listRecipients(catalog: RunbookCatalog, incident: Incident): Recipients {
  const escalation = findPolicy(catalog, incident.alertname).escalation[incident.severity];
  const reached = incident.tiers.pages.filter(({ tier }) => tier <= incident.tiers.highest);
  const people = listPeopleCalledSoFar(catalog, reached);
  const notified: Recipients = { names: [...new Set(people.map(formatRecipient))] };
  const acknowledgeBy = findReminderAt(incident, escalation);
  if (acknowledgeBy !== undefined) notified.acknowledgeBy = acknowledgeBy;
  const at = findNextTierAt(incident, escalation);
  const step = escalation.tiers.find((each) => each.tier > incident.tiers.highest);
  if (at !== undefined && step !== undefined) notified.next = { tier: step.tier, at };
  return notified;
}
