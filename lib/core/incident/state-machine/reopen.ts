import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import { FLAPPING_REOPENS, FLAPPING_WITHIN } from '../limits.ts';
import { commit, type Transition } from './commit.ts';
import { type Draft, hasAlert, isAlertFiring, listFiringAlerts } from './draft.ts';
import { restartClock } from './escalation.ts';
import { isKnownFromAlertmanager } from './merge-alerts.ts';
import { markPaged, pageForNews } from './paging.ts';
import { updateSeverity } from './severity.ts';
import { summaries } from './summaries.ts';

/**
 * Makes an episode fire for certain that is resolved, silently reopened or not yet opened, and decides how
 * people are notified. `unverified`: why Alertmanager could not confirm it, if it could not
 * (docs/rules.md#rule-5).
 */
export function reopen(draft: Draft, now: Millis, policy: IncidentPolicy, unverified?: string): Transition {
  const { incident } = draft;
  if (incident.neverFired) return openEpisode(draft, now, policy, unverified);

  const resolvedAt = incident.resolvedAt ?? now;
  const byHand = incident.resolution === 'hand';
  const flapping = incident.flappingSince !== undefined;
  markOpen(draft, now);
  if (now - resolvedAt > policy.reopenWindow) restartClock(incident, now);
  if (!flapping) delete incident.ack;
  if (!byHand) {
    incident.reopenedAt = [...incident.reopenedAt, now].filter((at) => now - at < FLAPPING_WITHIN);
  }
  const severityMove = updateSeverity(draft, now, policy);

  if (flapping) {
    incident.flappingChangedAt = now;
    const ping = pageForNews(draft, severityMove, true, now);
    if (severityMove.raised)
      return commit(draft, 'raised', summaries.raised(incident.severity, undefined, ping), now, policy);
    if (ping) return commit(draft, 'joined', summaries.joined({ joined: 1, ended: 0 }, true), now, policy);
    return commit(draft, 'reopened', summaries.silenced('reopened'), now, policy);
  }
  if (severityMove.startsAnew) restartClock(incident, now);
  markPaged(draft, now);
  if (unverified !== undefined) {
    return commit(draft, 'unverified', summaries.unverified(unverified, isAnyFiring(draft)), now, policy);
  }
  if (incident.reopenedAt.length >= FLAPPING_REOPENS) {
    incident.flapped = true;
    incident.flappingSince = now;
    incident.flappingChangedAt = now;
    return commit(draft, 'flapping', summaries.flapping(incident.reopenedAt.length), now, policy);
  }
  return commit(draft, 'reopened', summaries.reopened(), now, policy);
}

function openEpisode(
  draft: Draft,
  now: Millis,
  policy: IncidentPolicy,
  unverified: string | undefined,
): Transition {
  const { incident } = draft;
  incident.neverFired = false;
  incident.openedAt = now;
  restartClock(incident, now);
  markOpen(draft, now);
  updateSeverity(draft, now, policy);
  markPaged(draft, now);
  if (unverified !== undefined) {
    return commit(draft, 'unverified', summaries.unverified(unverified, isAnyFiring(draft)), now, policy);
  }
  const alerts = listFiringAlerts(draft);
  const isListed = alerts.length > 0 && alerts.every(isKnownFromAlertmanager);
  const firing = alerts.length + incident.overflow;
  const announcement = isListed
    ? summaries.openedByList(firing)
    : summaries.opened(firing, incident.truncation !== undefined);
  return commit(draft, 'opened', announcement, now, policy);
}

function isAnyFiring(draft: Draft): boolean {
  return draft.incident.overflow > 0 || hasAlert(draft, isAlertFiring);
}

function markOpen(draft: Draft, now: Millis): void {
  const { incident } = draft;
  incident.status = 'open';
  delete incident.resolution;
  delete incident.resolvedAt;
  delete incident.resolvedBy;
  delete incident.pausedSince;
  if (hasAlert(draft, (alert) => alert.unconfirmed)) incident.unconfirmedSince ??= now;
  else delete incident.unconfirmedSince;
  draft.changed = true;
}
