import { isAlertFiring } from '../alert-state.ts';
import { FLAPPING_REOPENS, FLAPPING_WITHIN } from '../limits.ts';
import { commit, type Transition } from './commit.ts';
import { type Draft, hasAlert, listFiringAlerts } from './draft.ts';
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
export function reopen(draft: Draft, unverified?: string): Transition {
  const { incident, now, policy } = draft;
  if (incident.neverFired) return openEpisode(draft, unverified);

  const resolvedAt = incident.resolvedAt ?? now;
  const byHand = incident.resolution === 'hand';
  const { flapping } = incident;
  const flaps = flapping.since !== undefined;
  markOpen(draft);
  if (now - resolvedAt > policy.reopenWindow) restartClock(draft);
  if (!flaps) delete incident.ack;
  if (!byHand) {
    flapping.reopenedAt = [...flapping.reopenedAt, now].filter((at) => now - at < FLAPPING_WITHIN);
  }
  const severityMove = updateSeverity(draft);

  if (flaps) {
    flapping.changedAt = now;
    flapping.reopens = (flapping.reopens ?? 0) + 1;
    const ping = pageForNews(draft, severityMove, true);
    if (severityMove.raised)
      return commit(draft, 'raised', summaries.raised(incident.severity, undefined, ping));
    if (ping) return commit(draft, 'joined', summaries.joined({ joined: 1, ended: 0 }, true));
    return commit(draft, 'reopened', summaries.silenced('reopened'));
  }
  if (severityMove.startsAnew) restartClock(draft);
  markPaged(draft);
  if (unverified !== undefined) {
    return commit(draft, 'unverified', summaries.unverified(unverified, isAnyFiring(draft)));
  }
  if (flapping.reopenedAt.length >= FLAPPING_REOPENS) {
    flapping.ever = true;
    flapping.since = now;
    flapping.changedAt = now;
    flapping.reopens = flapping.reopenedAt.length;
    return commit(draft, 'flapping', summaries.flapping(flapping.reopenedAt.length));
  }
  return commit(draft, 'reopened', summaries.reopened());
}

function openEpisode(draft: Draft, unverified: string | undefined): Transition {
  const { incident, now } = draft;
  incident.neverFired = false;
  incident.openedAt = now;
  restartClock(draft);
  markOpen(draft);
  updateSeverity(draft);
  markPaged(draft);
  if (unverified !== undefined) {
    return commit(draft, 'unverified', summaries.unverified(unverified, isAnyFiring(draft)));
  }
  const alerts = listFiringAlerts(draft);
  const isListed = alerts.length > 0 && alerts.every(isKnownFromAlertmanager);
  const firing = alerts.length + incident.overflow;
  const announcement = isListed
    ? summaries.openedByList(firing)
    : summaries.opened(firing, incident.truncation !== undefined);
  return commit(draft, 'opened', announcement);
}

function isAnyFiring(draft: Draft): boolean {
  return draft.incident.overflow > 0 || hasAlert(draft, isAlertFiring);
}

function markOpen(draft: Draft): void {
  const { incident, now } = draft;
  incident.status = 'open';
  delete incident.resolution;
  delete incident.resolvedAt;
  delete incident.resolvedBy;
  delete incident.reconcile.pausedSince;
  if (hasAlert(draft, (alert) => alert.state === 'unconfirmed')) incident.reconcile.unconfirmedSince ??= now;
  else delete incident.reconcile.unconfirmedSince;
  draft.changed = true;
}
