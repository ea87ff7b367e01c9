import type { Tier } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import { isAlertFiring, isAlertMissing } from '../alert-state.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { FLAPPING_ENDS_AFTER, UNCONFIRMED_PAGE_AFTER } from '../limits.ts';
import { isAwaitingAlertmanager, isFiring, isSilentlyReopened, mayFireUnseen } from '../status.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import { confirmFiring, type Draft, startDraft } from './draft.ts';
import { stopFlapping } from './episode.ts';
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
export function tick(draft: Draft, event: Tick): Transition {
  const { incident, now } = draft;
  const ended = endAutomatically(draft);
  if (ended) return ended;

  const unverified = event.unverified;
  if (isUnconfirmedOverdue(incident, now)) {
    return pageUnconfirmed(draft, unverified ?? 'no answer from Alertmanager');
  }
  const muteIsOver = incident.muted !== undefined && now >= incident.muted.until;
  if (!isFiring(incident)) {
    // Not before the end that this tick may have decided is muted as well.
    if (muteIsOver && incident.effects.length === 0) return unmute(draft, 'over', undefined);
    return tickQuietly(draft);
  }
  if (incident.reconcile.pausedSince !== undefined) return leaveUnchanged(draft);
  // Absent from the last answer: wait for the second one, at most five minutes away. A missing answer is no
  // absence.
  if (unverified === undefined && areAllMissing(incident)) return leaveUnchanged(draft);

  if (muteIsOver) return unmute(draft, 'over', unverified);
  return (
    promote(draft) ??
    escalate(draft, unverified) ??
    pageAfterSpacing(draft, unverified) ??
    endFlapping(draft) ??
    remind(draft, unverified) ??
    announceStaysOpen(draft, unverified) ??
    leaveUnchanged(draft)
  );
}

function isUnconfirmedOverdue(incident: Incident, now: Millis): boolean {
  return (
    incident.status === 'open' &&
    incident.reconcile.unconfirmedSince !== undefined &&
    now >= incident.reconcile.unconfirmedSince + UNCONFIRMED_PAGE_AFTER
  );
}

/** Nobody could confirm the firing: better one page too many than one too few (docs/rules.md#rule-5). */
function pageUnconfirmed(draft: Draft, why: string): Transition {
  let joined = 0;
  for (const alert of draft.alerts.values()) {
    if (alert.state !== 'unconfirmed') continue;
    confirmFiring(draft, alert, 'none');
    joined += 1;
  }
  delete draft.incident.reconcile.unconfirmedSince;
  const { truncation } = draft.incident;
  if (truncation !== undefined) draft.incident.truncation = { ...truncation, announced: true };
  if (isSilentlyReopened(draft.incident)) return reopen(draft, why);

  const severityMove = updateSeverity(draft);
  const ping = pageForNews(draft, severityMove, joined > 0);
  const announcement = { ...summaries.unverified(why, true), ping };
  return commit(draft, 'unverified', announcement);
}

/** Nothing fires: the end of flapping is all that can be due, and of asking for what a person may not have seen. */
function tickQuietly(draft: Draft): Transition {
  const { incident, now, policy } = draft;
  if (mayFireUnseen(incident) && now >= getStaleAt(incident, policy)) {
    delete incident.truncation;
    return commit(draft, 'recorded', undefined);
  }
  if (!isFlappingEndDue(incident, now) || incident.status !== 'resolved') return leaveUnchanged(draft);
  const end = describeFlappingEnd(draft);
  stopFlapping(draft);
  return commit(draft, 'resolved', summaries.flappingEndsResolved(end));
}

/** A promotion by time (docs/rules.md#rule-9). */
function promote({ before, now, policy }: Draft): Transition | undefined {
  // If nothing is due, the steps that follow find the draft as it was.
  const draft = startDraft(before, now, policy);
  const severityMove = updateSeverity(draft);
  if (!severityMove.raised) {
    return draft.changed ? commit(draft, 'recorded', undefined) : undefined;
  }
  const ping = pageForNews(draft, severityMove, false);
  return commit(draft, 'raised', { ...summaries.promoted(draft.incident.severity), ping });
}

/** One notice of the highest due tier, to the contacts of every tier passed over (docs/rules.md#rule-11). */
function escalate(draft: Draft, unverified: string | undefined): Transition | undefined {
  const { incident, now, policy } = draft;
  const escalation = policy.escalation[incident.severity];
  const dueAt = findNextTierAt(incident, escalation);
  if (dueAt === undefined || now < dueAt) return undefined;

  const tiers: Tier[] = escalation.tiers
    .filter((step) => step.tier > incident.tiers.highest && incident.tiers.clockStartedAt + step.after <= now)
    .map((step) => step.tier);
  const tier = tiers.at(-1);
  if (tier === undefined) return undefined;
  incident.tiers.highest = tier;
  // The escalation also serves as the reminder and as any waiting page.
  incident.paging.reminded = true;
  delete incident.paging.due;
  return commit(draft, 'escalated', summaries.escalated(tier, tiers, unverified));
}

/** A page that waited for its spacing (docs/rules.md#rule-3), if it is still news. */
function pageAfterSpacing(draft: Draft, unverified: string | undefined): Transition | undefined {
  const { incident, now } = draft;
  const { due } = incident.paging;
  if (due === undefined || now < due.at) return undefined;
  if (!isAwaitingAcknowledgement(incident)) {
    delete incident.paging.due;
    return commit(draft, 'recorded', undefined);
  }
  markPaged(draft);
  return commit(draft, due.reason, summaries.spacedPage(due.reason, unverified));
}

/** Fifteen minutes without a change end the flapping with one summary (docs/rules.md#rule-6). */
function endFlapping(draft: Draft): Transition | undefined {
  const { incident, now } = draft;
  if (!isFlappingEndDue(incident, now)) return undefined;
  const end = describeFlappingEnd(draft);
  stopFlapping(draft);
  markPaged(draft);
  return commit(draft, 'reopened', summaries.flappingEndsFiring(end));
}

function describeFlappingEnd({ incident: { flapping }, now }: Draft): { reopens: number; calmFor: Millis } {
  const { reopens = flapping.reopenedAt.length, changedAt = now } = flapping;
  return { reopens, calmFor: now - changedAt };
}

function remind(draft: Draft, unverified: string | undefined): Transition | undefined {
  const { incident, now, policy } = draft;
  const dueAt = findReminderAt(incident, policy.escalation[incident.severity]);
  if (dueAt === undefined || now < dueAt) return undefined;
  incident.paging.reminded = true;
  return commit(draft, 'reminder', summaries.reminder(unverified));
}

/**
 * No known alert fires, and nobody could say whether alerts that were cut off do. Announced once, by an edit.
 */
function announceStaysOpen(draft: Draft, unverified: string | undefined): Transition | undefined {
  const { incident } = draft;
  const { truncation } = incident;
  if (unverified === undefined || truncation === undefined || truncation.announced) return undefined;
  if (!isAwaitingAlertmanager(incident)) return undefined;
  incident.truncation = { ...truncation, announced: true };
  return commit(draft, 'updated', summaries.staysOpen(unverified));
}

function isFlappingEndDue(incident: Incident, now: Millis): boolean {
  return (
    incident.flapping.changedAt !== undefined && now >= incident.flapping.changedAt + FLAPPING_ENDS_AFTER
  );
}

function areAllMissing(incident: Incident): boolean {
  if (incident.reconcile.missingRoundAt === undefined || incident.overflow > 0) return false;
  if (incident.truncation !== undefined && !incident.truncation.missing) return false;
  return incident.alerts.every((alert) => !isAlertFiring(alert) || isAlertMissing(alert));
}
