import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import { getSeverityAt } from '../changes-since.ts';
import type { IncidentEvent } from '../event.ts';
import type { Acknowledgement, Incident } from '../incident.ts';
import { isSilentlyReopened } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { startDraft } from './draft.ts';
import { isAwaitingAcknowledgement } from './paging.ts';
import { summaries } from './summaries.ts';

type Acknowledged = Extract<IncidentEvent, { type: 'acknowledged' }>;

/**
 * A person takes the incident. The acknowledgement covers the fingerprints and the severity of version `asOf`
 * (docs/rules.md#rule-3). The next tick pages for anything later.
 */
export function acknowledge(
  incident: Incident,
  event: Acknowledged,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (incident.status !== 'open' || isSilentlyReopened(incident)) return leaveUnchanged(incident);
  const asOf = Math.min(event.asOf ?? incident.version, incident.version);
  const severity = getSeverityAt(incident, asOf);
  if (incident.ack && incident.ack.asOf >= asOf) return leaveUnchanged(incident);
  if (incident.ack && !isAwaitingAcknowledgement(startDraft(incident))) return leaveUnchanged(incident);

  const draft = startDraft(incident);
  const ack: Acknowledgement = { by: event.by, at: now, asOf, severity };
  if (event.note !== undefined) ack.note = event.note;
  draft.incident.ack = ack;
  draft.incident.firstAcknowledgedAt ??= now;
  delete draft.incident.pageDueAt;
  delete draft.incident.pageDueReason;
  if (isAwaitingAcknowledgement(draft)) {
    draft.incident.pageDueAt = now;
    draft.incident.pageDueReason = 'joined';
  }
  return commit(draft, 'acknowledged', summaries.acknowledged(event.by, event.note), now, policy);
}

function leaveUnchanged(incident: Incident): Transition {
  return { incident, effects: [], outcome: 'unchanged', changed: false };
}
