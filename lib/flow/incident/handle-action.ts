import { findChangesSince, hasChangedSince } from '../../core/incident/changes-since.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { RequestedAction } from '../../core/incident/requested-action.ts';
import { isFiring } from '../../core/incident/status.ts';
import { actionReplies } from '../../core/notice/document/action-replies.ts';
import type { Line } from '../../core/notice/document/document-types.ts';
import { redactTexts } from '../../core/redaction/redact-texts.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { acknowledgeIncident, resolveIncident } from './change-incident.ts';
import { type SilenceIncidentPorts, silenceIncident } from './silence-incident.ts';

export type HandleActionPorts = SilenceIncidentPorts;

/** What the functions that change an incident take, once an action is known. */
type Change = { id: string; asOf: number; by: string; now: Millis };

/** Performs what a person asks for under a message, and returns the private reply. Throws when the store cannot be reached. */
export async function handleAction(
  ports: HandleActionPorts,
  { action, by, now }: { action: RequestedAction; by: string; now: Millis },
): Promise<Line> {
  return redactTexts(await perform(ports, { action, by, now }));
}

function perform(
  ports: HandleActionPorts,
  { action, by, now }: { action: RequestedAction; by: string; now: Millis },
): Promise<Line> {
  const change = { id: action.incidentId, asOf: action.asOf, by, now };
  switch (action.kind) {
    case 'acknowledge':
      return acknowledge(ports, change);
    case 'resolve':
      return resolve(ports, change);
    case 'silence':
      return silenceIncident(ports, { action, by, now });
  }
}

async function acknowledge(ports: HandleActionPorts, change: Change): Promise<Line> {
  const { asOf, by, now } = change;
  const result = await acknowledgeIncident(ports, change);
  if (result.kind === 'not-found') return actionReplies.unknownIncident();
  const { incident } = result;
  if (result.kind === 'changed') return actionReplies.acknowledgedNow(findChangesSince(incident, asOf));
  if (!isFiring(incident)) return actionReplies.overAlready(incident, by, now);
  return incident.ack
    ? actionReplies.acknowledgedBefore(incident.ack, by, now)
    : actionReplies.nothingChanged();
}

async function resolve(ports: HandleActionPorts, change: Change): Promise<Line> {
  const { asOf, by, now } = change;
  const result = await resolveIncident(ports, change);
  if (result.kind === 'not-found') return actionReplies.unknownIncident();
  const { incident } = result;
  if (result.kind === 'changed') return actionReplies.resolvedNow(getReopenWindow(ports, incident));
  if (incident.status !== 'open') return actionReplies.overAlready(incident, by, now);
  return hasChangedSince(incident, asOf)
    ? actionReplies.changedMeanwhile(findChangesSince(incident, asOf))
    : actionReplies.nothingChanged();
}

function getReopenWindow(ports: HandleActionPorts, incident: Incident): Millis {
  return findPolicy(ports.catalog, incident.alertname).reopenWindow;
}
