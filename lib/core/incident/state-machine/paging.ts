import { isHigher } from '../../shared/severity.ts';
import { type AlertState, isAlertFiring, isCounted } from '../alert-state.ts';
import type { Incident } from '../incident.ts';
import { PAGE_SPACING } from '../limits.ts';
import { type Draft } from './draft.ts';
import { restartClock } from './escalation.ts';
import type { SeverityMove } from './severity.ts';

/**
 * Whether something fires that no acknowledgement covers (docs/rules.md#rule-3). True if nobody acknowledged,
 * or the severity is higher than the one shown. True for a fingerprint newer than the version shown, unless
 * it copies a covered alert without a higher severity. `alerts`: those of a transition in progress.
 */
export function isAwaitingAcknowledgement(
  { ack, severity, alerts: known }: Incident,
  alerts: Iterable<AlertState> = known,
): boolean {
  if (!ack) return true;
  return isHigher(severity, ack.severity) || hasUncovered(alerts, ack.asOf);
}

function hasUncovered(alerts: Iterable<AlertState>, asOf: number): boolean {
  const newer: AlertState[] = [];
  const covered = new Map<string, AlertState>();
  for (const alert of alerts) {
    if (!isCounted(alert)) continue;
    if (alert.joinedSeq > asOf) {
      if (isAlertFiring(alert)) newer.push(alert);
      continue;
    }
    const best = covered.get(alert.identity);
    if (!best || isHigher(alert.severity, best.severity)) covered.set(alert.identity, alert);
  }
  return newer.some((alert) => {
    const covering = covered.get(alert.identity);
    return !covering || isHigher(alert.severity, covering.severity);
  });
}

/** Records a page now; it covers any page that was waiting. */
export function markPaged(draft: Draft): void {
  draft.incident.paging.lastAt = draft.now;
  draft.incident.paging.reminded = false;
  delete draft.incident.paging.due;
  draft.changed = true;
}

/**
 * Decides whether news in an open incident interrupts people now, later or not at all. A severity that is new
 * to the episode interrupts at once; other news at most once per five minutes.
 */
export function pageForNews(draft: Draft, move: SeverityMove, joined: boolean): boolean {
  const { incident, now } = draft;
  if (move.startsAnew) {
    restartClock(draft);
    // An acknowledgement of this severity was about alerts that ended since.
    if (incident.ack && !isHigher(incident.severity, incident.ack.severity)) delete incident.ack;
    markPaged(draft);
    return true;
  }
  // Before an acknowledgement the last page is unanswered and its reminder runs, so a new alert joins
  // quietly.
  const news = incident.ack
    ? (joined || move.raised) && isAwaitingAcknowledgement(incident, draft.alerts.values())
    : move.raised;
  if (!news) return false;

  const lastRepage = incident.ack && incident.paging.lastAt <= incident.ack.at ? 0 : incident.paging.lastAt;
  const dueAt = lastRepage + PAGE_SPACING;
  if (now >= dueAt) {
    markPaged(draft);
    return true;
  }
  if (incident.paging.due === undefined) {
    incident.paging.due = { at: dueAt, reason: move.raised ? 'raised' : 'joined' };
    draft.changed = true;
  }
  return false;
}

/**
 * Resumes escalation. The silenced time counts neither for tiers nor for the reminder
 * (docs/rules.md#rule-10).
 */
export function endPause(draft: Draft): void {
  const { incident, now } = draft;
  if (incident.reconcile.pausedSince === undefined) return;
  const pausedFor = now - incident.reconcile.pausedSince;
  incident.tiers.clockStartedAt += pausedFor;
  incident.paging.lastAt += pausedFor;
  delete incident.reconcile.pausedSince;
}
