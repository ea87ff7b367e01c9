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
 * Time has passed: says the one most important thing that is due, and counts what it covers as said.
 * It runs after a reconcile wherever `needsSight` asked for one, so that nothing leaves for what is gone.
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
  if (incident.pausedSince !== undefined) return unchanged(incident);
  // Absent from the last answer: wait for the second look, at most five minutes away. No answer is no absence.
  if (unverified === undefined && allMissing(incident)) return unchanged(incident);

  if (muteIsOver) return unmute(incident, 'over', unverified, now, policy);
  return (
    promote(incident, now, policy) ??
    escalate(incident, unverified, now, policy) ??
    pageLate(incident, unverified, now, policy) ??
    calm(incident, now, policy) ??
    remind(incident, unverified, now, policy) ??
    tellWhyOpen(incident, unverified, now, policy) ??
    unchanged(incident)
  );
}

function isUnconfirmedOverdue(incident: Incident, now: Millis): boolean {
  return (
    incident.status === 'open' &&
    incident.unconfirmedSince !== undefined &&
    now >= incident.unconfirmedSince + UNCONFIRMED_PAGE_AFTER
  );
}

/** Nobody could say whether a doubtful report is true: better a page too many than one too few (docs/rules.md#rule-5). */
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

  const move = updateSeverity(draft, now, policy);
  const ping = pageForNews(draft, move, joined > 0, now);
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
  if (!isFlappingEndDue(incident, now) || incident.status !== 'resolved') return unchanged(incident);
  const draft = startDraft(incident);
  delete draft.incident.flappingSince;
  delete draft.incident.flappingChangedAt;
  return commit(draft, 'resolved', summaries.flappingEndsResolved(), now, policy);
}

/** A promotion by time (docs/rules.md#rule-9). */
function promote(incident: Incident, now: Millis, policy: IncidentPolicy): Transition | undefined {
  const draft = startDraft(incident);
  const move = updateSeverity(draft, now, policy);
  if (!move.raised) {
    return draft.changed ? commit(draft, 'recorded', undefined, now, policy) : undefined;
  }
  const ping = pageForNews(draft, move, false, now);
  return commit(draft, 'raised', { ...summaries.promoted(draft.incident.severity), ping }, now, policy);
}

/** One notice at the highest tier that is due, addressed to every tier passed over (docs/rules.md#rule-11). */
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
  // The escalation is also the reminder, and carries a page that was waiting.
  draft.incident.reminded = true;
  delete draft.incident.pageDueAt;
  delete draft.incident.pageDueReason;
  return commit(draft, 'escalated', summaries.escalated(tier, tiers, unverified), now, policy);
}

/** A page about news that waited for its spacing (docs/rules.md#rule-3), if it is still news. */
function pageLate(
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
function calm(incident: Incident, now: Millis, policy: IncidentPolicy): Transition | undefined {
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

/** Nothing known fires, and nobody could say whether what was cut off does: said once, in place. */
function tellWhyOpen(
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

function allMissing(incident: Incident): boolean {
  if (incident.missingRoundAt === undefined || incident.overflow > 0) return false;
  if (incident.truncation !== undefined && !incident.truncation.missing) return false;
  return incident.alerts.every((alert) => !alert.firing || alert.unconfirmed || alert.missing);
}

function unchanged(incident: Incident): Transition {
  return { incident, effects: [], outcome: 'unchanged', changed: false };
}
