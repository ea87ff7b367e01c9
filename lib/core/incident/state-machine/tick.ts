import type { IncidentPolicy, Tier } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { FLAPPING_ENDS_AFTER, UNCONFIRMED_PAGE_AFTER } from '../limits.ts';
import { isAwaitingAlertmanager, isFiring, isSilentlyReopened, mayFireUnseen } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { confirmFiring, type Draft, startDraft } from './draft.ts';
import { unmute } from './mute.ts';
import { findNextTierAt, findReminderAt, getStaleAt } from './next-due.ts';
import { isAwaitingAcknowledgement, markPaged, pageForNews } from './paging.ts';
import { reopen } from './reopen.ts';
import { endAutomatically } from './resolve-by-hand.ts';
import { updateSeverity } from './severity.ts';
import { summaries } from './summaries.ts';

type Tick = Extract<IncidentEvent, { type: 'tick' }>;

/**
 * Emits the most important due notice and marks the ones it covers as sent. It runs after a reconcile if
 * `shouldReconcile` asked for one, so that no notice goes out for alerts that are gone.
 */
export function tick(incident: Incident, event: Tick, now: Millis, policy: IncidentPolicy): Transition {
  const ended = endAutomatically(incident, now, policy);
  if (ended) return ended;

  const unverified = event.unverified;
  if (isUnconfirmedOverdue(incident, now)) {
    return pageUnconfirmed(startDraft(incident), unverified ?? 'no answer from Alertmanager', now, policy);
  }
  const muteIsOver = incident.muted !== undefined && now >= incident.muted.until;
  if (!isFiring(incident)) {
    if (muteIsOver) return unmute(incident, 'over', undefined, now, policy);
    return tickQuietly(incident, now, policy);
  }
  if (incident.pausedSince !== undefined) return leaveUnchanged(incident);
  // Absent from the last answer: wait for the second one, at most five minutes away. A missing answer is no
  // absence.
  if (unverified === undefined && areAllMissing(incident)) return leaveUnchanged(incident);

  if (muteIsOver) return unmute(incident, 'over', unverified, now, policy);
  return (
    promote(incident, now, policy) ??
    escalate(incident, unverified, now, policy) ??
    pageAfterSpacing(incident, unverified, now, policy) ??
    endFlapping(incident, now, policy) ??
    remind(incident, unverified, now, policy) ??
    announceStaysOpen(incident, unverified, now, policy) ??
    leaveUnchanged(incident)
  );
}

function isUnconfirmedOverdue(incident: Incident, now: Millis): boolean {
  return (
    incident.status === 'open' &&
    incident.unconfirmedSince !== undefined &&
    now >= incident.unconfirmedSince + UNCONFIRMED_PAGE_AFTER
  );
}

/** Nobody could confirm the firing: better one page too many than one too few (docs/rules.md#rule-5). */
function pageUnconfirmed(draft: Draft, why: string, now: Millis, policy: IncidentPolicy): Transition {
  let joined = 0;
  for (const alert of draft.alerts.values()) {
    if (!alert.unconfirmed) continue;
    confirmFiring(draft, alert, 'none');
    joined += 1;
  }
  delete draft.incident.unconfirmedSince;
  const { truncation } = draft.incident;
  if (truncation !== undefined) draft.incident.truncation = { ...truncation, announced: true };
  if (isSilentlyReopened(draft.incident)) return reopen(draft, now, policy, why);

  const severityMove = updateSeverity(draft, now, policy);
  const ping = pageForNews(draft, severityMove, joined > 0, now);
  const announcement = { ...summaries.unverified(why, true), ping };
  return commit(draft, 'unverified', announcement, now, policy);
}

/** Nothing fires: the end of flapping is all that can be due, and of asking for what a person may not have seen. */
function tickQuietly(incident: Incident, now: Millis, policy: IncidentPolicy): Transition {
  if (mayFireUnseen(incident) && now >= getStaleAt(incident, policy)) {
    const draft = startDraft(incident);
    delete draft.incident.truncation;
    return commit(draft, 'recorded', undefined, now, policy);
  }
  if (!isFlappingEndDue(incident, now) || incident.status !== 'resolved') return leaveUnchanged(incident);
  const draft = startDraft(incident);
  delete draft.incident.flappingSince;
  delete draft.incident.flappingChangedAt;
  return commit(draft, 'resolved', summaries.flappingEndsResolved(), now, policy);
}

/** A promotion by time (docs/rules.md#rule-9). */
function promote(incident: Incident, now: Millis, policy: IncidentPolicy): Transition | undefined {
  const draft = startDraft(incident);
  const severityMove = updateSeverity(draft, now, policy);
  if (!severityMove.raised) {
    return draft.changed ? commit(draft, 'recorded', undefined, now, policy) : undefined;
  }
  const ping = pageForNews(draft, severityMove, false, now);
  return commit(draft, 'raised', { ...summaries.promoted(draft.incident.severity), ping }, now, policy);
}

/** One notice of the highest due tier, to the contacts of every tier passed over (docs/rules.md#rule-11). */
function escalate(
  incident: Incident,
  unverified: string | undefined,
  now: Millis,
  policy: IncidentPolicy,
): Transition | undefined {
  const escalation = policy.escalation[incident.severity];
  const dueAt = findNextTierAt(incident, escalation);
  if (dueAt === undefined || now < dueAt) return undefined;

  const tiers: Tier[] = escalation.tiers
    .filter((step) => step.tier > incident.tier && incident.clockStartedAt + step.after <= now)
    .map((step) => step.tier);
  const tier = tiers.at(-1);
  if (tier === undefined) return undefined;
  const draft = startDraft(incident);
  draft.incident.tier = tier;
  // The escalation also serves as the reminder and as any waiting page.
  draft.incident.reminded = true;
  delete draft.incident.pageDueAt;
  delete draft.incident.pageDueReason;
  return commit(draft, 'escalated', summaries.escalated(tier, tiers, unverified), now, policy);
}

/** A page that waited for its spacing (docs/rules.md#rule-3), if it is still news. */
function pageAfterSpacing(
  incident: Incident,
  unverified: string | undefined,
  now: Millis,
  policy: IncidentPolicy,
): Transition | undefined {
  if (incident.pageDueAt === undefined || now < incident.pageDueAt) return undefined;
  const draft = startDraft(incident);
  const reason = incident.pageDueReason ?? 'joined';
  if (!isAwaitingAcknowledgement(draft)) {
    delete draft.incident.pageDueAt;
    delete draft.incident.pageDueReason;
    return commit(draft, 'recorded', undefined, now, policy);
  }
  markPaged(draft, now);
  return commit(draft, reason, summaries.spacedPage(reason, unverified), now, policy);
}

/** Fifteen minutes without a change end the flapping with one summary (docs/rules.md#rule-6). */
function endFlapping(incident: Incident, now: Millis, policy: IncidentPolicy): Transition | undefined {
  if (!isFlappingEndDue(incident, now)) return undefined;
  const draft = startDraft(incident);
  delete draft.incident.flappingSince;
  delete draft.incident.flappingChangedAt;
  markPaged(draft, now);
  return commit(draft, 'reopened', summaries.flappingEndsFiring(), now, policy);
}

function remind(
  incident: Incident,
  unverified: string | undefined,
  now: Millis,
  policy: IncidentPolicy,
): Transition | undefined {
  const dueAt = findReminderAt(incident, policy.escalation[incident.severity]);
  if (dueAt === undefined || now < dueAt) return undefined;
  const draft = startDraft(incident);
  draft.incident.reminded = true;
  return commit(draft, 'reminder', summaries.reminder(unverified), now, policy);
}

/**
 * No known alert fires, and nobody could say whether alerts that were cut off do. Announced once, by an edit.
 */
function announceStaysOpen(
  incident: Incident,
  unverified: string | undefined,
  now: Millis,
  policy: IncidentPolicy,
): Transition | undefined {
  const { truncation } = incident;
  if (unverified === undefined || truncation === undefined || truncation.announced) return undefined;
  if (!isAwaitingAlertmanager(incident)) return undefined;
  const draft = startDraft(incident);
  draft.incident.truncation = { ...truncation, announced: true };
  return commit(draft, 'updated', summaries.staysOpen(unverified), now, policy);
}

function isFlappingEndDue(incident: Incident, now: Millis): boolean {
  return incident.flappingChangedAt !== undefined && now >= incident.flappingChangedAt + FLAPPING_ENDS_AFTER;
}

function areAllMissing(incident: Incident): boolean {
  if (incident.missingRoundAt === undefined || incident.overflow > 0) return false;
  if (incident.truncation !== undefined && !incident.truncation.missing) return false;
  return incident.alerts.every((alert) => !alert.firing || alert.unconfirmed || alert.missing);
}

function leaveUnchanged(incident: Incident): Transition {
  return { incident, effects: [], outcome: 'unchanged', changed: false };
}
