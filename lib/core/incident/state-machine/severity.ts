import type { Promotion } from '../../runbook/policy.ts';
import { clip } from '../../shared/clip.ts';
import { findHighestSeverity, isHigher, type Severity, severities } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import { isAlertFiring } from '../alert-state.ts';
import { type Draft, listFiringAlerts } from './draft.ts';

const MAX_FIRINGS = 50;
const MAX_WATCHED_VALUES = 50;
const MAX_HISTORY = 20;

/** How the severity changed since people were last notified. */
export type SeverityMove = {
  raised: boolean;
  lowered: boolean;
  /**
   * Raised to a severity that this episode never had, or lost for longer than the reopen window. The tier
   * clock restarts, and the page is not spaced (docs/rules.md#rule-2).
   */
  startsAnew: boolean;
};

/** Records one firing for promotion by repeated firings: distinct (fingerprint, startsAt), never webhooks. */
export function recordFiring(draft: Draft, fingerprint: string, startsAt: Millis): void {
  const { firings } = draft.incident;
  if (firings.some((firing) => firing.fingerprint === fingerprint && firing.startsAt === startsAt)) return;
  draft.incident.firings = [...firings, { fingerprint, startsAt }].slice(-MAX_FIRINGS);
  draft.changed = true;
}

export function recordWatchedValue(
  draft: Draft,
  fingerprint: string,
  watchedValue: string | undefined,
): void {
  const { watchedValues } = draft.incident;
  if (watchedValue === undefined || watchedValues[fingerprint] !== undefined) return;
  if (Object.keys(watchedValues).length >= MAX_WATCHED_VALUES) return;
  draft.incident.watchedValues = { ...watchedValues, [fingerprint]: clip(watchedValue, 100) };
  draft.changed = true;
}

/**
 * Updates the incident's severity: the highest that fires, or the one that a promotion set. While nothing
 * fires it keeps the last one, so that a resolve names the severity that people know. `isConfirmed`: two
 * of Alertmanager's answers confirm that nothing more severe fires.
 */
export function updateSeverity(draft: Draft, isConfirmed = false): SeverityMove {
  const { incident, policy } = draft;
  const before = incident.severity;
  const known = findKnownSeverity(draft);
  const held = known !== undefined && isHeld(draft) && !isConfirmed ? before : known;
  const firing = held ?? estimateCutOffSeverity(draft);
  if (firing === undefined) return { raised: false, lowered: false, startsAnew: false };

  for (const promotion of policy.promotions) {
    if (!isPromotionDue(promotion, draft)) continue;
    if (incident.promotedTo && !isHigher(promotion.to, incident.promotedTo)) continue;
    incident.promotedTo = promotion.to;
    draft.changed = true;
  }
  const after = findHighestSeverity([firing, incident.promotedTo ?? firing]) ?? firing;
  const raised = isHigher(after, before);
  const startsAnew = raised && isNewToEpisode(draft, after);
  recordSeverityEnds(draft, after);
  if (after !== before) {
    incident.severity = after;
    draft.changed = true;
  }
  if (after !== before || incident.severityHistory.length === 0) {
    incident.severityHistory = appendToHistory(incident.severityHistory, { seq: draft.seq, severity: after });
  }
  return { raised, lowered: isHigher(before, after), startsAnew };
}

/**
 * While alerts are cut off, the worst of them may still fire. Two of Alertmanager's answers, five minutes
 * apart, without an active alert of that severity lower it.
 */
export function isHeld(draft: Draft): boolean {
  const { truncation, severity, severityHistory, promotedTo } = draft.incident;
  if (truncation === undefined || severityHistory.length === 0) return false;
  const known = findKnownSeverity(draft);
  return known !== undefined && [known, promotedTo ?? known].every((each) => isHigher(severity, each));
}

function findKnownSeverity(draft: Draft): Severity | undefined {
  return findHighestSeverity(listFiringAlerts(draft).map(({ severity }) => severity));
}

/** If only alerts that were cut off open an incident, it may be as severe as their neighbours were. */
function estimateCutOffSeverity({ incident, alerts }: Draft): Severity | undefined {
  if (incident.truncation === undefined || incident.severityHistory.length > 0) return undefined;
  return findHighestSeverity([...alerts.values()].map(({ severity }) => severity));
}

/**
 * Whether this episode never had this severity, or lost it for longer than the reopen window, by our clock.
 */
function isNewToEpisode(draft: Draft, severity: Severity): boolean {
  const { incident, now, policy } = draft;
  if (incident.severityHistory.every((entry) => isHigher(severity, entry.severity))) return true;
  const endedAt = incident.severityEndedAt?.[severity];
  return endedAt !== undefined && now - endedAt > policy.reopenWindow;
}

/**
 * Records since when the incident is less severe than it was. `present` is its severity now, if anything
 * fires.
 */
export function recordSeverityEnds(draft: Draft, present: Severity | undefined): void {
  const { incident, now } = draft;
  const had = findHighestSeverity(incident.severityHistory.map((entry) => entry.severity));
  if (had === undefined) return;
  const before = incident.severityEndedAt;
  const ended = severities.flatMap((severity) => {
    const over = !isHigher(severity, had) && (present === undefined || isHigher(severity, present));
    return over ? [[severity, before?.[severity] ?? now] as const] : [];
  });
  if (ended.length > 0) incident.severityEndedAt = Object.fromEntries(ended);
  else delete incident.severityEndedAt;
}

/** Keeps the first entry of each severity, because `isNewToEpisode` needs it, and the newest of the rest. */
function appendToHistory<T extends { severity: Severity }>(history: T[], entry: T): T[] {
  const all = [...history, entry];
  if (all.length <= MAX_HISTORY) return all;
  const droppable = all.findIndex((old, at) => all.findIndex((o) => o.severity === old.severity) !== at);
  return all.filter((_, at) => at !== droppable);
}

function isPromotionDue(promotion: Promotion, draft: Draft): boolean {
  switch (promotion.kind) {
    case 'repeated': {
      const newest = Math.max(...draft.incident.firings.map((firing) => firing.startsAt));
      const recent = draft.incident.firings.filter((firing) => newest - firing.startsAt <= promotion.within);
      return recent.length >= promotion.count;
    }
    case 'open-longer':
      return draft.now - draft.incident.openedAt >= promotion.after;
    case 'distinct-values': {
      const values = new Set<string>();
      for (const [fingerprint, value] of Object.entries(draft.incident.watchedValues)) {
        const alert = draft.alerts.get(fingerprint);
        if (alert && isAlertFiring(alert)) values.add(value);
      }
      return values.size >= promotion.atLeast;
    }
  }
}
