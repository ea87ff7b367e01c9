import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import { isAlertFiring, mayAlertFire } from '../alert-state.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { SEEN_REFRESH } from '../limits.ts';
import { isSilentlyReopened } from '../status.ts';
import { announceFirings } from './announce-firings.ts';
import {
  type Announcement,
  commit,
  leaveUnchanged,
  type Transition,
  type TransitionOutcome,
} from './commit.ts';
import { classify } from './deduplicate.ts';
import { type Draft, findLastEndsAt, hasAlert, startDraft } from './draft.ts';
import { createEpisode, endEpisode } from './episode.ts';
import { type CutOffFirings, type MergeResult, markSeen, mergeAlerts } from './merge-alerts.ts';
import { endPause } from './paging.ts';
import { reopen } from './reopen.ts';
import { settleTimes } from './settle-times.ts';
import { updateSeverity } from './severity.ts';
import { summaries } from './summaries.ts';
import { markTruncated, mergeCutOff, recordTruncation, unmarkNamed } from './truncation.ts';

type Observed = Extract<IncidentEvent, { type: 'received' }>;

/** Merges the alerts of one webhook into the latest episode, or opens the next one. */
export function applyAlerts(
  latest: Incident | undefined,
  observed: Observed,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const known = latest && startDraft(latest, now, policy);
  const event = observed.listed === undefined ? observed : withoutKnown(observed, known);
  if (event.listed !== undefined && event.alerts.length === 0)
    return { incident: latest, effects: [], outcome: 'unchanged', changed: false };
  const goesOn = known !== undefined && !startsNewEpisode(known, event.alerts);
  const draft = goesOn ? known : startDraft(createEpisode(event.identity, latest, now), now, policy);
  const result = observeInto(draft, event);
  return result.changed ? result : { ...result, incident: latest };
}

/** What Alertmanager lists is news only where it is not known to fire: a list is no repeat, and names nothing. */
function withoutKnown(observed: Observed, known: Draft | undefined): Observed {
  const alerts = observed.alerts.filter(({ fingerprint }) => {
    const alert = known?.alerts.get(fingerprint);
    return alert === undefined || !mayAlertFire(alert);
  });
  return { ...observed, alerts };
}

/**
 * Whether all firings start more than the reopen window after the last end, by the alerts' own times. After a
 * close without a resolve, the window must also have passed by our clock (docs/rules.md#rule-5).
 */
function startsNewEpisode(draft: Draft, seen: ObservedAlert[]): boolean {
  const { now, policy } = draft;
  const latest = draft.incident;
  if (latest.status === 'open' || latest.resolution === 'hand') return false;
  const news = seen
    .map((alert) => settleTimes(draft.alerts.get(alert.fingerprint), alert, now))
    .filter((alert) => classify(draft.alerts.get(alert.fingerprint), alert).startsWith('fires'));
  if (news.length === 0) return false;

  const last = findLastEndsAt(draft);
  const resolvedAt = latest.resolvedAt ?? now;
  return news.every((alert) => {
    const known = draft.alerts.get(alert.fingerprint);
    if (known?.state === 'vanished' && alert.startsAt <= known.startsAt) return false;
    if (latest.resolution === 'vanished' && now - resolvedAt <= policy.reopenWindow) return false;
    return alert.startsAt - last > policy.reopenWindow;
  });
}

/** Alertmanager does not know these alerts, so there they would look resolved. */
function markSentBy(draft: Draft, sentBy: 'grafana'): void {
  for (const { fingerprint } of draft.seen) {
    const alert = draft.alerts.get(fingerprint);
    if (alert !== undefined) draft.alerts.set(fingerprint, { ...alert, sentBy });
  }
}

function observeInto(draft: Draft, event: Observed): Transition {
  const { status } = draft.before;
  const silentlyReopened = isSilentlyReopened(draft.incident);
  const byHand = draft.incident.status === 'resolved' && draft.incident.resolution === 'hand';
  draft.seen = event.alerts;
  const { listed } = event;
  const merged = listed ? mergeCutOff(draft, event.alerts) : mergeAlerts(draft, event.alerts);
  if (event.identity.sentBy !== undefined) markSentBy(draft, event.identity.sentBy);
  // What is over learns nothing from a repeat, but a person may have ended what still fires.
  if (status === 'open' || byHand || hasNewFacts(merged)) recordTruncation(draft, event.group, event.alerts);
  if (listed) markTruncated(draft, listed, event.alerts);
  else unmarkNamed(draft);
  // What ends so long after it was last seen has to know that exactly.
  markSeen(draft, draft.incident.endsAfter === undefined ? SEEN_REFRESH : 0);

  if (byHand) return observeHandResolved(draft, event, merged);
  const news = merged.joined + merged.refired > 0;
  if (status === 'resolved' || silentlyReopened) {
    if (news) return reopen(draft);
    return observeQuietly(draft, merged);
  }
  return observeOpen(draft, merged);
}

function hasNewFacts({ joined, refired, unconfirmed, recorded }: MergeResult): boolean {
  return joined + refired + unconfirmed + recorded > 0;
}

/**
 * Nothing fires for certain: records late firings and late ends, and notifies nobody (docs/rules.md#rule-5
 * and #rule-7). Alerts that were cut off are unconfirmed too: Alertmanager is asked, and without an answer
 * they page.
 */
function observeQuietly(draft: Draft, merged: MergeResult): Transition {
  const { incident, now } = draft;
  const late = hasAlert(draft, (alert) => alert.state === 'unconfirmed');
  const isUncertain = late || incident.truncation !== undefined;
  if (!isUncertain && incident.status === 'open') {
    incident.status = 'resolved';
    delete incident.reconcile.unconfirmedSince;
    return commit(draft, 'recorded', summaries.unconfirmedEnded());
  }
  if (isUncertain && incident.status === 'resolved') {
    incident.status = 'open';
    incident.reconcile.unconfirmedSince = now;
    return commit(draft, 'recorded', late ? summaries.unconfirmedBegan() : summaries.truncationBegan());
  }
  return commitQuietly(draft, merged);
}

/**
 * A person resolved it: repeats are ignored for the reopen window, news is not (docs/rules.md#rule-12). What was cut off
 * may be news: Alertmanager is asked.
 */
function observeHandResolved(draft: Draft, event: Observed, merged: MergeResult): Transition {
  const { incident, now, policy } = draft;
  if (merged.joined + merged.refired > 0) return reopen(draft);

  const repeated = event.alerts.some((seen) => {
    const known = draft.alerts.get(seen.fingerprint);
    return seen.status === 'firing' && known !== undefined && isAlertFiring(known);
  });
  const windowOver = now - (incident.resolvedAt ?? now) > policy.reopenWindow;
  if (repeated && windowOver) return reopen(draft);
  if (merged.unconfirmed > 0 && incident.truncation !== undefined)
    incident.reconcile.unconfirmedSince ??= now;
  if (hasAlert(draft, isAlertFiring) || incident.truncation !== undefined)
    return commitQuietly(draft, merged);
  // All that the person ended has ended by itself since: from here on it is like any resolved episode.
  incident.resolution = 'alerts';
  return observeQuietly(draft, merged);
}

function observeOpen(draft: Draft, merged: MergeResult | (MergeResult & CutOffFirings)): Transition {
  const { incident, before, now } = draft;
  const isTruncated = incident.truncation !== undefined;
  if (merged.unconfirmed > 0) incident.reconcile.unconfirmedSince ??= now;
  if (!hasAlert(draft, (alert) => alert.state === 'unconfirmed')) delete incident.reconcile.unconfirmedSince;
  if (merged.joined + merged.refired > 0) endPause(draft);

  const stillFires = incident.overflow > 0 || hasAlert(draft, mayAlertFire);
  // The last ends may belong to alerts that were cut off until now, and so were not known to fire.
  if (!stillFires && !isTruncated && (merged.ended > 0 || before.truncation !== undefined)) {
    return resolve(draft);
  }
  const severityMove = updateSeverity(draft);
  const ended = merged.ended - merged.endedUnconfirmed;
  const firings = 'severities' in merged ? { cutOff: merged, ended } : { reported: merged, ended };
  const announced = announceFirings(draft, severityMove, firings);
  if (announced !== undefined) return announced;
  if (ended > 0 && isTruncated && !stillFires) {
    return commit(draft, 'updated', summaries.mayStillFire(ended));
  }
  if (severityMove.lowered || ended > 0) {
    const lowered = severityMove.lowered ? incident.severity : undefined;
    return commit(draft, 'updated', summaries.updated(lowered, ended));
  }
  if (isTruncated && !before.everTruncated) {
    return commit(draft, 'updated', summaries.truncated());
  }
  return commitQuietly(draft, merged);
}

function resolve(draft: Draft): Transition {
  const { incident, now } = draft;
  endEpisode(draft, 'alerts');
  if (incident.flapping.since !== undefined) {
    incident.flapping.changedAt = now;
    return commit(draft, 'resolved', summaries.silenced('resolved'));
  }
  return commit(draft, 'resolved', summaries.resolved());
}

/** Writes history at most: no notice, and no write if nothing changed. */
function commitQuietly(draft: Draft, merged: MergeResult): Transition {
  const late = merged.recorded > 0;
  const outcome: TransitionOutcome = late || merged.unconfirmed > 0 ? 'recorded' : 'duplicate';
  if (!draft.changed) return leaveUnchanged(draft, outcome);
  const announcement: Announcement | undefined =
    late && !draft.incident.neverFired ? summaries.lateResolve(merged.recorded) : undefined;
  return commit(draft, outcome, announcement);
}
