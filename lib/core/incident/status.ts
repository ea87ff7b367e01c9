import type { AlertDetail } from '../alert/alert.ts';
import type { Incident } from './incident.ts';

/**
 * Questions about where an incident stands, asked by every later stage.
 */

/** People were told that it resolved, and a doubtful report reopened it without a word (docs/rules.md#rule-5). */
export function isSilentlyReopened(incident: Incident): boolean {
  return incident.status === 'open' && incident.resolution !== undefined;
}

/**
 * Something fires for certain, or may fire because it was cut off, and no person or rule has ended it: pages and tiers
 * may speak of it.
 */
export function isFiring(incident: Incident): boolean {
  if (incident.status !== 'open' || isSilentlyReopened(incident)) return false;
  return incident.truncation !== undefined || anyFires(incident);
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
  return isFiring(incident) && !anyFires(incident);
}

function anyFires({ overflow, alerts }: Incident): boolean {
  return overflow > 0 || alerts.some((alert) => alert.firing && !alert.unconfirmed);
}

/**
 * How many alerts of this episode fire for certain, and how many it had; untracked ones count as firing. `cutOff`: how
 * many of the total were cut off, 0 when nobody can say; while it is there, all of these are lower bounds.
 */
export type AlertCounts = { firing: number; total: number; cutOff?: number };

export function countAlerts(incident: Incident): AlertCounts {
  let firing = incident.overflow;
  let total = incident.overflow;
  for (const alert of incident.alerts) {
    if (alert.carriedOver) continue;
    total += 1;
    if (alert.firing && !alert.unconfirmed) firing += 1;
  }
  if (incident.truncation === undefined || incident.status !== 'open') return { firing, total };
  // A bound that holds also where groups overlap, as they do when one alert takes two routes.
  const sizes = incident.truncation.groups.map(({ size }) => size);
  const atLeast = Math.max(total, ...sizes);
  return { firing, total: atLeast, cutOff: atLeast - total };
}

/**
 * The details that an incident is about now: of the alerts that fire, or once it is over of all that it had. Alerts whose
 * details were not kept are missing, and no other stands in for them.
 */
export function selectCurrentDetails(incident: Incident, details: AlertDetail[]): AlertDetail[] {
  if (!isFiring(incident)) return details;
  const firing = new Set(
    incident.alerts.flatMap((alert) => (alert.firing && !alert.unconfirmed ? alert.fingerprint : [])),
  );
  return details.filter(({ fingerprint }) => firing.has(fingerprint));
}
