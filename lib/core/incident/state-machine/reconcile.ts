import { isAlertFiring, mayAlertFire } from '../alert-state.ts';
import type { AlertmanagerStatus } from '../event.ts';
import { isSilentlyReopened, mayFireUnseen } from '../status.ts';
import { announceFirings } from './announce-firings.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import { type Draft, hasAlert } from './draft.ts';
import { endEpisode, stopFlapping } from './episode.ts';
import { findVanished } from './find-vanished.ts';
import { endPause } from './paging.ts';
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
export function reconcile(draft: Draft, alertmanagerStatus: AlertmanagerStatus): Transition {
  const { incident, now } = draft;
  if (incident.status !== 'open' && !mayFireUnseen(incident)) return leaveUnchanged(draft);
  if (alertmanagerStatus.kind === 'unknown') return reconcilePartly(draft, alertmanagerStatus);
  if (incident.status !== 'open') return reconcileHandResolved(draft, alertmanagerStatus);
  const active = new Set(alertmanagerStatus.active);
  const suppressed = new Set(alertmanagerStatus.suppressed);
  incident.reconcile.askedAt = now;
  recordIntake(draft, alertmanagerStatus.unfinished);

  const confirmed = settleUnconfirmed(draft, active);
  const unknownFires = incident.truncation !== undefined && hasUnknown(draft, active);
  const cutOff = mergeCutOff(draft, alertmanagerStatus.cutOff ?? []);
  if (isSilentlyReopened(incident)) {
    if (unknownFires || confirmed.joined + confirmed.refired > 0) return reopen(draft);
    if (incident.truncation?.unfinished) return commit(draft, 'recorded', undefined);
    incident.status = 'resolved';
    delete incident.truncation;
    return commit(draft, 'recorded', summaries.unconfirmedEnded());
  }
  const present = (fingerprint: string) => active.has(fingerprint) || suppressed.has(fingerprint);
  const stillListed = {
    any: active.size + suppressed.size > 0,
    unknown: hasUnknown(draft, active) || hasUnknown(draft, suppressed),
  };
  const { vanished, lowers } = findVanished(draft, present, stillListed);
  const { overflow, truncation } = incident;
  if (overflow === 0 && truncation === undefined && !hasAlert(draft, mayAlertFire)) {
    return closeEpisode(draft, vanished > 0);
  }
  const pauseChange = settlePause(draft, active, suppressed);
  const severityMove = updateSeverity(draft, lowers);
  const announced = announceFirings(draft, severityMove, { reported: confirmed, cutOff, ended: vanished });
  if (announced !== undefined) return announced;
  if (vanished > 0 || severityMove.lowered) {
    const lowered = severityMove.lowered ? incident.severity : undefined;
    return commit(draft, 'updated', summaries.vanished(vanished, lowered));
  }
  if (pauseChange === 'paused') return commit(draft, 'updated', summaries.paused());
  if (pauseChange === 'unpaused') return commit(draft, 'updated', summaries.unpaused());
  return commit(draft, 'recorded', undefined);
}

function closeEpisode(draft: Draft, anyVanished: boolean): Transition {
  const { before } = draft;
  endEpisode(draft, anyVanished ? 'vanished' : 'alerts');
  stopFlapping(draft);
  if (anyVanished) return commit(draft, 'closed', summaries.closed());
  const announcement = before.truncation !== undefined ? summaries.resolvedByAnswer() : summaries.resolved();
  return commit(draft, 'resolved', announcement);
}

/** Silenced or inhibited is not gone: escalation pauses, and its clock stops meanwhile. */
function settlePause(
  draft: Draft,
  active: Set<string>,
  suppressed: Set<string>,
): 'paused' | 'unpaused' | undefined {
  const { incident, now } = draft;
  const firing = [...draft.alerts.values()].filter(isAlertFiring);
  const known = firing.length > 0 && incident.overflow === 0 && incident.truncation === undefined;
  // The answer includes alerts that were cut off, so all are silenced if none is active.
  const truncated = incident.truncation !== undefined && active.size === 0 && suppressed.size > 0;
  const allSilenced =
    (known || truncated) &&
    firing.every((alert) => suppressed.has(alert.fingerprint) && !active.has(alert.fingerprint));
  if (allSilenced && incident.reconcile.pausedSince === undefined) {
    incident.reconcile.pausedSince = now;
    return 'paused';
  }
  if (!allSilenced && incident.reconcile.pausedSince !== undefined) {
    endPause(draft);
    return 'unpaused';
  }
  return undefined;
}
