import type { AlertDetail } from '../../alert/alert.ts';
import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import type { AlertState, Incident } from '../incident.ts';

/**
 * A transition in progress: a shallow copy of the incident with its alerts by fingerprint.
 * Alert states are replaced, never edited, so the incident that was given stays as it was.
 */
export type Draft = {
  incident: Incident;
  alerts: Map<string, AlertState>;
  /** Version that this transition will have. */
  seq: number;
  changed: boolean;
  /** Of alerts seen for the first time. */
  details: AlertDetail[];
  /** The alerts of the webhook that is being taken in. */
  seen: ObservedAlert[];
  /** Alerts that began or ceased to fire for certain, by fingerprint: true when it began. */
  moves: Map<string, boolean>;
};

export function startDraft(incident: Incident): Draft {
  return {
    incident: { ...incident, effects: [...incident.effects] },
    alerts: new Map(incident.alerts.map((alert) => [alert.fingerprint, alert])),
    seq: incident.version + 1,
    changed: false,
    details: [],
    seen: [],
    moves: new Map(),
  };
}

export function setAlert(draft: Draft, alert: AlertState, change: Partial<AlertState>): AlertState {
  const next = { ...alert, ...change };
  draft.alerts.set(next.fingerprint, next);
  if (isAlertFiring(next) !== isAlertFiring(alert)) draft.moves.set(next.fingerprint, isAlertFiring(next));
  draft.changed = true;
  return next;
}

/** Firing for certain: what severity, notices and tiers speak of. */
export function isAlertFiring(alert: AlertState): boolean {
  return alert.firing && !alert.unconfirmed;
}

export function listFiringAlerts(draft: Draft): AlertState[] {
  return [...draft.alerts.values()].filter(isAlertFiring);
}

export function hasAlert(draft: Draft, test: (alert: AlertState) => boolean): boolean {
  for (const alert of draft.alerts.values()) if (test(alert)) return true;
  return false;
}

/** The last end of any alert, by the alerts' own clock; 0 when none ever ended. */
export function findLastEndsAt(draft: Draft): number {
  let last = 0;
  for (const alert of draft.alerts.values()) last = Math.max(last, alert.endsAt);
  return last;
}

/**
 * Takes a doubtful report for true. Returns whether its fingerprint is news to this episode. Only Alertmanager's
 * answer is evidence against the known end: without one, the resolve of that very end must still end it.
 */
export function confirmFiring(draft: Draft, alert: AlertState, evidence: 'alertmanager' | 'none'): boolean {
  const news = alert.carriedOver || alert.joinedSeq === 0;
  setAlert(draft, alert, {
    unconfirmed: false,
    confirmed: evidence === 'alertmanager',
    carriedOver: false,
    ...(news ? { joinedSeq: draft.seq } : {}),
  });
  return news;
}
