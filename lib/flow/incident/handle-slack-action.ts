import { findChangesSince, hasChangedSince } from '../../core/incident/changes-since.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isFiring } from '../../core/incident/status.ts';
import type { Line } from '../../core/notice/document/document-types.ts';
import { actionReplies } from '../../core/notice/slack/action-replies.ts';
import type { SlackAction } from '../../core/notice/slack/slack-action-schema.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { acknowledgeIncident, resolveIncident } from './change-incident.ts';
import { type SilenceIncidentPorts, silenceIncident } from './silence-incident.ts';

export type HandleSlackActionPorts = SilenceIncidentPorts;

type HandledSlackAction = { slackAction: Pick<SlackAction, 'incidentId' | 'asOf'>; by: string; now: Millis };

/** Performs a Slack action and returns the private reply. Throws when the store cannot be reached. */
export function handleSlackAction(
  ports: HandleSlackActionPorts,
  { slackAction, by, now }: { slackAction: SlackAction; by: string; now: Millis },
): Promise<Line> {
  switch (slackAction.kind) {
    case 'acknowledge':
      return acknowledge(ports, { slackAction, by, now });
    case 'resolve':
      return resolve(ports, { slackAction, by, now });
    case 'silence':
      return silenceIncident(ports, { slackAction, by, now });
  }
}

async function acknowledge(ports: HandleSlackActionPorts, reading: HandledSlackAction): Promise<Line> {
  const { slackAction, by, now } = reading;
  const result = await acknowledgeIncident(ports, {
    id: slackAction.incidentId,
    asOf: slackAction.asOf,
    by,
    now,
  });
  if (result.kind === 'not-found') return actionReplies.unknownIncident();
  const { incident } = result;
  if (result.kind === 'changed')
    return actionReplies.acknowledgedNow(findChangesSince(incident, slackAction.asOf));
  if (!isFiring(incident)) return actionReplies.overAlready(incident, by, now);
  return incident.ack
    ? actionReplies.acknowledgedBefore(incident.ack, by, now)
    : actionReplies.nothingChanged();
}

async function resolve(ports: HandleSlackActionPorts, reading: HandledSlackAction): Promise<Line> {
  const { slackAction, by, now } = reading;
  const result = await resolveIncident(ports, {
    id: slackAction.incidentId,
    asOf: slackAction.asOf,
    by,
    now,
  });
  if (result.kind === 'not-found') return actionReplies.unknownIncident();
  const { incident } = result;
  if (result.kind === 'changed') return actionReplies.resolvedNow(getReopenWindow(ports, incident));
  if (incident.status !== 'open') return actionReplies.overAlready(incident, by, now);
  return hasChangedSince(incident, slackAction.asOf)
    ? actionReplies.changedMeanwhile(findChangesSince(incident, slackAction.asOf))
    : actionReplies.nothingChanged();
}

function getReopenWindow(ports: HandleSlackActionPorts, incident: Incident): Millis {
  return findPolicy(ports.catalog, incident.alertname).reopenWindow;
}
