import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { AlertmanagerStatus } from '../event.ts';
import type { Incident } from '../incident.ts';
import { isSilentlyReopened, mayFireUnseen } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { type Draft, hasAlert, isAlertFiring, startDraft } from './draft.ts';
import { endEpisode } from './episode.ts';
import { findVanished } from './find-vanished.ts';
import { endPause, pageForNews } from './paging.ts';
import { reconcileHandResolved } from './reconcile-hand-resolved.ts';
import { reconcilePartly } from './reconcile-partly.ts';
import { reopen } from './reopen.ts';
import { settleUnconfirmed } from './settle-unconfirmed.ts';
import { updateSeverity } from './severity.ts';
import { summaries } from './summaries.ts';
import { hasUnknown, mergeCutOff, recordIntake } from './truncation.ts';

/**
 * Takes in what Alertmanager's API says (docs/rules.md#rule-5 and #rule-10). One answer settles a doubtful report; a firing that
 * nobody doubted is gone only when it is absent from two answers five minutes apart, because the API is empty for
 * about a minute after a restart. What webhooks cut off fires when it is listed as active (docs/adr/0024). No answer
 * changes nothing here, beyond what some peers list as active: the tick that follows goes on unverified.
 */
export function reconcile(
  incident: Incident,
  alertmanagerStatus: AlertmanagerStatus,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (incident.status !== 'open' && !mayFireUnseen(incident)) {
    return { incident, effects: [], outcome: 'unchanged', changed: false };
  }
  if (alertmanagerStatus.kind === 'unknown')
    return reconcilePartly(incident, alertmanagerStatus, now, policy);
  if (incident.status !== 'open') return reconcileHandResolved(incident, alertmanagerStatus, now, policy);
  const draft = startDraft(incident);
  const active = new Set(alertmanagerStatus.active);
  const suppressed = new Set(alertmanagerStatus.suppressed);
  draft.incident.askedAt = now;
  recordIntake(draft, alertmanagerStatus.unfinished);

  const confirmed = settleUnconfirmed(draft, active);
  const unknownFires = draft.incident.truncation !== undefined && hasUnknown(draft, active);
  const cutOff = mergeCutOff(draft, alertmanagerStatus.cutOff ?? [], now);
  if (isSilentlyReopened(incident)) {
    if (unknownFires || confirmed.joined + confirmed.again > 0) return reopen(draft, now, policy);
    if (draft.incident.truncation?.unfinished) return commit(draft, 'recorded', undefined, now, policy);
    draft.incident.status = 'resolved';
    delete draft.incident.truncation;
    return commit(draft, 'recorded', summaries.unconfirmedEnded(), now, policy);
  }
  const present = (fingerprint: string) => active.has(fingerprint) || suppressed.has(fingerprint);
  const stillListed = {
    any: active.size + suppressed.size > 0,
    unknown: hasUnknown(draft, active) || hasUnknown(draft, suppressed),
  };
  const { vanished, isSecondAnswer } = findVanished(draft, present, stillListed, now);
  const { overflow, truncation } = draft.incident;
  if (overflow === 0 && truncation === undefined && !hasAlert(draft, (alert) => alert.firing)) {
    return closeEpisode(draft, vanished > 0, incident.truncation !== undefined, now, policy);
  }
  const pauseChange = settlePause(draft, active, suppressed, now);
  const severityMove = updateSeverity(draft, now, policy, isSecondAnswer);
  const ping = pageForNews(draft, severityMove, confirmed.joined + cutOff.joined > 0, now);
  const counts = {
    joined: confirmed.joined + confirmed.again,
    ended: vanished,
    cutOff: cutOff.joined + cutOff.refired,
  };
  if (severityMove.raised) {
    const cutOffWorst = cutOff.severities.filter((each) => each === draft.incident.severity).length;
    const announcement = summaries.raised(draft.incident.severity, { ...counts, cutOffWorst }, ping);
    return commit(draft, 'raised', announcement, now, policy);
  }
  if (counts.joined + counts.cutOff > 0)
    return commit(draft, 'joined', summaries.joined(counts, ping), now, policy);
  if (vanished > 0 || severityMove.lowered) {
    const lowered = severityMove.lowered ? draft.incident.severity : undefined;
    return commit(draft, 'updated', summaries.vanished(vanished, lowered), now, policy);
  }
  if (pauseChange === 'paused') return commit(draft, 'updated', summaries.paused(), now, policy);
  if (pauseChange === 'unpaused') return commit(draft, 'updated', summaries.unpaused(), now, policy);
  return commit(draft, 'recorded', undefined, now, policy);
}

function closeEpisode(
  draft: Draft,
  anyVanished: boolean,
  wasTruncated: boolean,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const { incident } = draft;
  endEpisode(incident, anyVanished ? 'vanished' : 'alerts', now);
  delete incident.flappingSince;
  delete incident.flappingChangedAt;
  if (anyVanished) return commit(draft, 'closed', summaries.closed(), now, policy);
  const announcement = wasTruncated ? summaries.resolvedByAnswer() : summaries.resolved();
  return commit(draft, 'resolved', announcement, now, policy);
}

/** Silenced or inhibited is not gone: escalation pauses, and its clock stops meanwhile. */
function settlePause(
  draft: Draft,
  active: Set<string>,
  suppressed: Set<string>,
  now: Millis,
): 'paused' | 'unpaused' | undefined {
  const { incident } = draft;
  const firing = [...draft.alerts.values()].filter(isAlertFiring);
  const known = firing.length > 0 && incident.overflow === 0 && incident.truncation === undefined;
  // The answer includes alerts that were cut off, so all are silenced if none is active.
  const truncated = incident.truncation !== undefined && active.size === 0 && suppressed.size > 0;
  const allSilenced =
    (known || truncated) &&
    firing.every((alert) => suppressed.has(alert.fingerprint) && !active.has(alert.fingerprint));
  if (allSilenced && incident.pausedSince === undefined) {
    incident.pausedSince = now;
    return 'paused';
  }
  if (!allSilenced && incident.pausedSince !== undefined) {
    endPause(incident, now);
    return 'unpaused';
  }
  return undefined;
}
