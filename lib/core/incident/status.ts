import type { AlertDetail } from '../alert/alert.ts';
import { isAlertFiring, isCounted, mayAlertFire } from './alert-state.ts';
import type { Incident } from './incident.ts';

/** Questions about an incident's state, for all later stages. */

/**
 * People were notified of the resolve, and an unconfirmed firing reopened it silently (docs/rules.md#rule-5).
 */
export function isSilentlyReopened(incident: Incident): boolean {
  return incident.status === 'open' && incident.resolution !== undefined;
}

/**
 * An alert fires for certain, or may fire because it was cut off, and no person or rule ended the incident.
 * Pages and tiers apply.
 */
export function isFiring(incident: Incident): boolean {
  if (incident.status !== 'open' || isSilentlyReopened(incident)) return false;
  return incident.truncation !== undefined || hasFiringAlert(incident);
}

/**
 * A person has resolved it, and alerts of it are cut off that the person may not have seen: Alertmanager is asked for
 * them (docs/rules.md#rule-12).
 */
export function mayFireUnseen({ status, resolution, truncation }: Incident): boolean {
  return status === 'resolved' && resolution === 'hand' && truncation !== undefined;
}

/** All that is known has resolved; only Alertmanager can say whether what it cut off fires. */
export function isAwaitingAlertmanager(incident: Incident): boolean {
  return isFiring(incident) && !hasFiringAlert(incident);
}

/** Whether none of the alerts that may fire, or of all if none may, can be in Alertmanager. */
export function isOnlyGrafanas({ alerts }: Incident): boolean {
  const counted = alerts.filter(isCounted);
  const firing = counted.filter(mayAlertFire);
  const about = firing.length > 0 ? firing : counted;
  return about.length > 0 && about.every(({ sentBy }) => sentBy === 'grafana');
}

function hasFiringAlert({ overflow, alerts }: Incident): boolean {
  return overflow > 0 || alerts.some((alert) => isAlertFiring(alert));
}

/**
 * How many alerts of this episode fire for certain, and how many it had; untracked alerts count as firing.
 * `cutOff`: how many of the total were cut off, 0 if unknown. If it is present, all three are lower bounds.
 */
export type AlertCounts = { firing: number; total: number; cutOff?: number };

export function countAlerts(incident: Incident): AlertCounts {
  let firing = incident.overflow;
  let total = incident.overflow;
  for (const alert of incident.alerts) {
    if (!isCounted(alert)) continue;
    total += 1;
    if (isAlertFiring(alert)) firing += 1;
  }
  if (incident.truncation === undefined || incident.status !== 'open') return { firing, total };
  // A bound that holds also where groups overlap, as they do when one alert takes two routes.
  const sizes = incident.truncation.groups.map(({ size }) => size);
  const atLeast = Math.max(total, ...sizes);
  return { firing, total: atLeast, cutOff: atLeast - total };
}

/**
 * The details of the alerts that fire or, once the incident is over, of all its alerts. Details that were not
 * kept are missing.
 */
export function selectCurrentDetails(incident: Incident, details: AlertDetail[]): AlertDetail[] {
  if (!isFiring(incident)) return details;
  const firing = new Set(incident.alerts.flatMap((alert) => (isAlertFiring(alert) ? alert.fingerprint : [])));
  return details.filter(({ fingerprint }) => firing.has(fingerprint));
}
