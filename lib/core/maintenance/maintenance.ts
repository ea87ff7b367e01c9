import type { AlertDetail } from '../alert/alert.ts';
import { type Matcher, matchesAll, parseMatchers } from '../alert/matcher.ts';
import { isAlertFiring, isCounted } from '../incident/alert-state.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import type { Maintenance } from './maintenance-store.ts';

/** When it ends: as planned, or when a person ended it. */
export function getEnd({ to, endedAt }: Maintenance): Millis {
  return Math.min(to, endedAt ?? to);
}

export function isActive(maintenance: Maintenance, now: Millis): boolean {
  return maintenance.from <= now && now < getEnd(maintenance);
}

/** Its state, for people. */
export function getState(maintenance: Maintenance, now: Millis): 'planned' | 'active' | 'over' {
  if (now >= getEnd(maintenance)) return 'over';
  return now < maintenance.from ? 'planned' : 'active';
}

/** What muted notices and the timeline say about it. */
export function findMuting({ id, reason, by }: Maintenance): string {
  return `muted by maintenance ${id} (${reason}, ${by})`;
}

/**
 * The maintenances that together cover every firing alert of an incident; if none fires, every alert that it
 * had. Undefined if one alert is not covered. If an alert's labels were not kept, only alertname and group
 * are known. Then only matchers of those labels cover it.
 *
 * It is asked between two comparisons whether it `mayContinue`. Many alerts with long values can take long,
 * and a page does not wait: what could not be compared in time is not covered.
 */
export function findCover(
  maintenances: Maintenance[],
  { incident, details }: { incident: Incident; details: AlertDetail[] },
  { now, mayContinue }: { now: Millis; mayContinue(): boolean },
): [Maintenance, ...Maintenance[]] | undefined {
  const active = maintenances
    .filter((each) => isActive(each, now))
    .flatMap((maintenance) => {
      const matchers = parseMatchers(maintenance.matchers);
      // The text was valid when stored. If it cannot be read, it mutes nothing.
      return Array.isArray(matchers) ? [{ maintenance, matchers }] : [];
    });
  if (active.length === 0) return undefined;

  const known = new Map(details.map((detail) => [detail.fingerprint, detail.labels]));
  const shared = { ...incident.group, alertname: incident.alertname };
  const firing = isFiring(incident);
  const relevant = incident.alerts.filter((alert) => isCounted(alert) && (!firing || isAlertFiring(alert)));
  const labelSets = [
    ...relevant.map((alert) => known.get(alert.fingerprint)),
    ...(incident.overflow > 0 || (incident.truncation !== undefined && incident.status === 'open')
      ? [undefined]
      : []),
  ];
  if (labelSets.length === 0) return undefined;
  const used = new Set<Maintenance>();
  for (const labels of labelSets) {
    const by = active.find(({ matchers }) => {
      if (!mayContinue()) return false;
      return labels === undefined
        ? usesOnly(matchers, shared) && matchesAll(matchers, shared)
        : matchesAll(matchers, labels);
    });
    if (by === undefined) return undefined;
    used.add(by.maintenance);
  }
  const [first, ...others] = used;
  return first && [first, ...others];
}

function usesOnly(matchers: Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ label }) => Object.hasOwn(labels, label));
}

/** Digits of a time in base 36, enough until the year 5188. */
const TIME_DIGITS = 9;

/** An id begins with the planned end, so ids sort by it and the current ones are one range. */
export function createMaintenanceId(to: Millis, unique: string): string {
  return `${parseTimePart(to)}-${unique
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 10)
    .toLowerCase()}`;
}

/** Sorts before every id with a later end. */
export function parseTimePart(time: Millis): string {
  return Math.max(0, Math.floor(time)).toString(36).padStart(TIME_DIGITS, '0');
}

export function isMaintenanceId(text: string): boolean {
  return /^[0-9a-z]{9}-[0-9a-z]{1,10}$/.test(text);
}
