import { findChangesSince, hasChangedSince } from '../../core/incident/changes-since.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { RequestedAction } from '../../core/incident/requested-action.ts';
import { isFiring } from '../../core/incident/status.ts';
import { actionReplies } from '../../core/notice/document/action-replies.ts';
import type { Line } from '../../core/notice/document/document-types.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { acknowledgeIncident, resolveIncident } from './change-incident.ts';
import { type SilenceIncidentPorts, silenceIncident } from './silence-incident.ts';

export type HandleActionPorts = SilenceIncidentPorts;

type HandledAction = { action: Pick<RequestedAction, 'incidentId' | 'asOf'>; by: string; now: Millis };

/** Performs what a person asks for under a message, and returns the private reply. Throws when the store cannot be reached. */
export function handleAction(
  ports: HandleActionPorts,
  { action, by, now }: { action: RequestedAction; by: string; now: Millis },
): Promise<Line> {
  switch (action.kind) {
    case 'acknowledge':
      return acknowledge(ports, { action, by, now });
    case 'resolve':
      return resolve(ports, { action, by, now });
    case 'silence':
      return silenceIncident(ports, { action, by, now });
  }
}

async function acknowledge(ports: HandleActionPorts, reading: HandledAction): Promise<Line> {
  const { action, by, now } = reading;
  const result = await acknowledgeIncident(ports, {
    id: action.incidentId,
    asOf: action.asOf,
    by,
    now,
  });
  if (result.kind === 'not-found') return actionReplies.unknownIncident();
  const { incident } = result;
  if (result.kind === 'changed')
    return actionReplies.acknowledgedNow(findChangesSince(incident, action.asOf));
  if (!isFiring(incident)) return actionReplies.overAlready(incident, by, now);
  return incident.ack
    ? actionReplies.acknowledgedBefore(incident.ack, by, now)
    : actionReplies.nothingChanged();
}

async function resolve(ports: HandleActionPorts, reading: HandledAction): Promise<Line> {
  const { action, by, now } = reading;
  const result = await resolveIncident(ports, {
    id: action.incidentId,
    asOf: action.asOf,
    by,
    now,
  });
  if (result.kind === 'not-found') return actionReplies.unknownIncident();
  const { incident } = result;
  if (result.kind === 'changed') return actionReplies.resolvedNow(getReopenWindow(ports, incident));
  if (incident.status !== 'open') return actionReplies.overAlready(incident, by, now);
  return hasChangedSince(incident, action.asOf)
    ? actionReplies.changedMeanwhile(findChangesSince(incident, action.asOf))
    : actionReplies.nothingChanged();
}

function getReopenWindow(ports: HandleActionPorts, incident: Incident): Millis {
  return findPolicy(ports.catalog, incident.alertname).reopenWindow;
}
