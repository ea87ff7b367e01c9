import type { AlertDetail } from '../../alert/alert.ts';
import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import { type AlertState, isAlertFiring, isCounted } from '../alert-state.ts';
import type { Incident } from '../incident.ts';

/**
 * A transition in progress: a copy of the incident with its alerts by fingerprint. Alert states and all other
 * values below the copied groups are replaced, never edited, so the given incident stays unchanged.
 */
export type Draft = {
  /** The incident as it was given. */
  before: Incident;
  incident: Incident;
  alerts: Map<string, AlertState>;
  /** The version that this transition creates. */
  seq: number;
  /** When it happens, by our clock. */
  now: Millis;
  policy: IncidentPolicy;
  changed: boolean;
  /** Details of alerts seen for the first time. */
  details: AlertDetail[];
  /** The alerts of the webhook that is being merged. */
  seen: ObservedAlert[];
  /** Alerts that started or stopped firing for certain, by fingerprint: true when it started. */
  moves: Map<string, boolean>;
};

export function startDraft(incident: Incident, now: Millis, policy: IncidentPolicy): Draft {
  return {
    before: incident,
    incident: {
      ...incident,
      paging: { ...incident.paging },
      tiers: { ...incident.tiers },
      flapping: { ...incident.flapping },
      reconcile: { ...incident.reconcile },
      effects: [...incident.effects],
    },
    alerts: new Map(incident.alerts.map((alert) => [alert.fingerprint, alert])),
    seq: incident.version + 1,
    now,
    policy,
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
 * Accepts an unconfirmed firing as true. Returns whether its fingerprint is news to this episode. Only
 * Alertmanager's answer outweighs the known end. Without one, a repeat of that resolve must still end the
 * firing.
 */
export function confirmFiring(draft: Draft, alert: AlertState, evidence: 'alertmanager' | 'none'): boolean {
  const news = !isCounted(alert);
  setAlert(draft, alert, {
    state: evidence === 'alertmanager' ? 'confirmed' : 'firing',
    joinedSeq: news ? draft.seq : alert.joinedSeq,
  });
  return news;
}
