import { getSeverityAt } from '../changes-since.ts';
import type { IncidentEvent } from '../event.ts';
import type { Acknowledgement } from '../incident.ts';
import { isSilentlyReopened } from '../status.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import type { Draft } from './draft.ts';
import { isAwaitingAcknowledgement } from './paging.ts';
import { summaries } from './summaries.ts';

type Acknowledged = Extract<IncidentEvent, { type: 'acknowledged' }>;

/**
 * A person takes the incident. The acknowledgement covers the fingerprints and the severity of version `asOf`
 * (docs/rules.md#rule-3). The next tick pages for anything later.
 */
export function acknowledge(draft: Draft, event: Acknowledged): Transition {
  const { incident, now } = draft;
  if (incident.status !== 'open' || isSilentlyReopened(incident)) return leaveUnchanged(draft);
  const asOf = Math.min(event.asOf ?? incident.version, incident.version);
  const severity = getSeverityAt(incident, asOf);
  if (incident.ack && incident.ack.asOf >= asOf) return leaveUnchanged(draft);
  if (incident.ack && !isAwaitingAcknowledgement(incident)) return leaveUnchanged(draft);

  const ack: Acknowledgement = { by: event.by, at: now, asOf, severity };
  if (event.note !== undefined) ack.note = event.note;
  incident.ack = ack;
  incident.firstAcknowledgedAt ??= now;
  delete incident.paging.due;
  if (isAwaitingAcknowledgement(incident)) incident.paging.due = { at: now, reason: 'joined' };
  return commit(draft, 'acknowledged', summaries.acknowledged(event.by, event.note));
}
