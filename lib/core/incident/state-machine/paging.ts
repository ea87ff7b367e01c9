import { isHigher } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import type { AlertState, Incident } from '../incident.ts';
import { PAGE_SPACING } from '../limits.ts';
import { type Draft, isAlertFiring } from './draft.ts';
import type { SeverityMove } from './severity.ts';
import { restartClock } from './tier-pages.ts';

/**
 * Whether something fires that no acknowledgement covers (docs/rules.md#rule-3): nobody acknowledged, the severity is higher
 * than the one shown then, or a fingerprint is newer than what was shown and more than a copy of a covered
 * alert with an equal or lower severity.
 */
export function isAwaitingAcknowledgement(draft: Draft): boolean {
  const { ack, severity } = draft.incident;
  if (!ack) return true;
  return isHigher(severity, ack.severity) || hasUncovered(draft, ack.asOf);
}

function hasUncovered(draft: Draft, asOf: number): boolean {
  const newer: AlertState[] = [];
  const covered = new Map<string, AlertState>();
  for (const alert of draft.alerts.values()) {
    if (alert.carriedOver) continue;
    if (alert.joinedSeq > asOf) {
      if (isAlertFiring(alert)) newer.push(alert);
      continue;
    }
    const best = covered.get(alert.identity);
    if (!best || isHigher(alert.severity, best.severity)) covered.set(alert.identity, alert);
  }
  return newer.some((alert) => {
    const twin = covered.get(alert.identity);
    return !twin || isHigher(alert.severity, twin.severity);
  });
}

/** Marks the present moment as a page; what waited for one is covered by it. */
export function markPaged(draft: Draft, now: Millis): void {
  draft.incident.pagedAt = now;
  draft.incident.reminded = false;
  delete draft.incident.pageDueAt;
  delete draft.incident.pageDueReason;
  draft.changed = true;
}

/**
 * Decides whether news in an open incident interrupts people now, later or not at all.
 * A severity that starts anew interrupts at once; everything else at most once per five minutes.
 */
export function pageForNews(draft: Draft, move: SeverityMove, joined: boolean, now: Millis): boolean {
  const { incident } = draft;
  if (move.startsAnew) {
    restartClock(incident, now);
    // An acknowledgement of this severity spoke of what had ended since.
    if (incident.ack && !isHigher(incident.severity, incident.ack.severity)) delete incident.ack;
    markPaged(draft, now);
    return true;
  }
  // Before an acknowledgement the page is still unanswered and its reminder runs: a new neighbour joins it quietly.
  const news = incident.ack ? (joined || move.raised) && isAwaitingAcknowledgement(draft) : move.raised;
  if (!news) return false;

  const lastRepage = incident.ack && incident.pagedAt <= incident.ack.at ? 0 : incident.pagedAt;
  const dueAt = lastRepage + PAGE_SPACING;
  if (now >= dueAt) {
    markPaged(draft, now);
    return true;
  }
  if (incident.pageDueAt === undefined) {
    incident.pageDueAt = dueAt;
    incident.pageDueReason = move.raised ? 'raised' : 'joined';
    draft.changed = true;
  }
  return false;
}

/** Escalation goes on: the time it was silenced counts neither for tiers nor for the reminder (docs/rules.md#rule-10). */
export function endPause(incident: Incident, now: Millis): void {
  if (incident.pausedSince === undefined) return;
  const pausedFor = now - incident.pausedSince;
  incident.clockStartedAt += pausedFor;
  incident.pagedAt += pausedFor;
  delete incident.pausedSince;
}
