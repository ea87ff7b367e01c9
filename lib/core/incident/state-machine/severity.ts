import type { IncidentPolicy, Promotion } from '../../runbook/policy.ts';
import { clip } from '../../shared/clip.ts';
import { findHighestSeverity, isHigher, type Severity, severities } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { type Draft, isAlertFiring, listFiringAlerts } from './draft.ts';

const MAX_FIRINGS = 50;
const MAX_FACETS = 50;
const MAX_HISTORY = 20;

/** How the severity moved, seen from what people were last told. */
export type SeverityMove = {
  raised: boolean;
  lowered: boolean;
  /**
   * Raised to a severity that is new to this episode, or was away for longer than the reopen window: the tier clock
   * restarts and the page is not spaced (docs/rules.md#rule-2).
   */
  startsAnew: boolean;
};

/** Notes one firing for the repeated-firing promotion: distinct (fingerprint, startsAt), never deliveries. */
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
  if (Object.keys(watchedValues).length >= MAX_FACETS) return;
  draft.incident.watchedValues = { ...watchedValues, [fingerprint]: clip(watchedValue, 100) };
  draft.changed = true;
}

/**
 * Brings the incident's severity up to date: the highest that fires, or what a promotion raised it to.
 * While nothing fires it keeps the last one, so that a resolve speaks of what was told. `isSecondLook`: two of
 * Alertmanager's answers are behind what is known to fire.
 */
export function updateSeverity(
  draft: Draft,
  now: Millis,
  policy: IncidentPolicy,
  isSecondAnswer = false,
): SeverityMove {
  const { incident } = draft;
  const before = incident.severity;
  const known = knownSeverity(draft);
  const notified = known !== undefined && isHeld(draft) && !isSecondAnswer ? before : known;
  const firing = notified ?? unknownSeverity(draft);
  if (firing === undefined) return { raised: false, lowered: false, startsAnew: false };

  for (const promotion of policy.promotions) {
    if (!holds(promotion, draft, now)) continue;
    if (incident.promotedTo && !isHigher(promotion.to, incident.promotedTo)) continue;
    incident.promotedTo = promotion.to;
    draft.changed = true;
  }
  const after = findHighestSeverity([firing, incident.promotedTo ?? firing]) ?? firing;
  const raised = isHigher(after, before);
  const startsAnew = raised && wasAway(incident, after, now, policy.reopenWindow);
  recordSeverityEnds(incident, after, now);
  if (after !== before) {
    incident.severity = after;
    draft.changed = true;
  }
  if (after !== before || incident.severityHistory.length === 0) {
    incident.severityHistory = remember(incident.severityHistory, { seq: draft.seq, severity: after });
  }
  return { raised, lowered: isHigher(before, after), startsAnew };
}

/**
 * While alerts are cut off, nobody knows that the worst of them has ended. Two of Alertmanager's answers, five minutes
 * apart, in which nothing so severe is active lower it.
 */
export function isHeld(draft: Draft): boolean {
  const { truncation, severity, severityHistory, promotedTo } = draft.incident;
  if (truncation === undefined || severityHistory.length === 0) return false;
  const known = knownSeverity(draft);
  return known !== undefined && [known, promotedTo ?? known].every((each) => isHigher(severity, each));
}

function knownSeverity(draft: Draft): Severity | undefined {
  return findHighestSeverity(listFiringAlerts(draft).map(({ severity }) => severity));
}

/** What was cut off opens an incident in which nothing else has fired: it may be as severe as its neighbours were. */
function unknownSeverity({ incident, alerts }: Draft): Severity | undefined {
  if (incident.truncation === undefined || incident.severityHistory.length > 0) return undefined;
  return findHighestSeverity([...alerts.values()].map(({ severity }) => severity));
}

/** Whether this episode never was that severe, or not for longer than the reopen window, by our clock. */
function wasAway(incident: Incident, severity: Severity, now: Millis, reopenWindow: Millis): boolean {
  if (incident.severityHistory.every((entry) => isHigher(severity, entry.severity))) return true;
  const endedAt = incident.severityEndedAt?.[severity];
  return endedAt !== undefined && now - endedAt > reopenWindow;
}

/** Notes since when the incident is no longer as severe as it was; `present` is what it is now, if anything fires. */
export function recordSeverityEnds(incident: Incident, present: Severity | undefined, now: Millis): void {
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

/** Keeps the first entry of each severity, because `wasAway` asks for it, and the newest of the rest. */
function remember<T extends { severity: Severity }>(history: T[], entry: T): T[] {
  const all = [...history, entry];
  if (all.length <= MAX_HISTORY) return all;
  const droppable = all.findIndex((old, at) => all.findIndex((o) => o.severity === old.severity) !== at);
  return all.filter((_, at) => at !== droppable);
}

function holds(promotion: Promotion, draft: Draft, now: Millis): boolean {
  switch (promotion.kind) {
    case 'repeated': {
      const newest = Math.max(...draft.incident.firings.map((firing) => firing.startsAt));
      const recent = draft.incident.firings.filter((firing) => newest - firing.startsAt <= promotion.within);
      return recent.length >= promotion.count;
    }
    case 'open-longer':
      return now - draft.incident.openedAt >= promotion.after;
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
