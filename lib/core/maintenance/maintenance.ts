import type { AlertDetail } from '../alert/alert.ts';
import { type Matcher, matchesAll, parseMatchers } from '../alert/matcher.ts';
import type { AlertState, Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import type { Maintenance } from './maintenance-store.ts';

/** When it is over: as planned, or when a person ended it. */
export function getEnd({ to, endedAt }: Maintenance): Millis {
  return Math.min(to, endedAt ?? to);
}

export function isActive(maintenance: Maintenance, now: Millis): boolean {
  return maintenance.from <= now && now < getEnd(maintenance);
}

/** Where it stands, for people. */
export function getState(maintenance: Maintenance, now: Millis): 'planned' | 'active' | 'over' {
  if (now >= getEnd(maintenance)) return 'over';
  return now < maintenance.from ? 'planned' : 'active';
}

/** How a notice that nobody gets, and the timeline, name it. */
export function findMuting({ id, reason, by }: Maintenance): string {
  return `muted by maintenance ${id} (${reason}, ${by})`;
}

/**
 * The maintenances that together cover every alert of an incident that fires, or, when none fires any more, every one
 * that it had: then nobody is to hear of it. Undefined as soon as one alert is covered by none. Of an alert whose
 * labels were not kept only alertname and group are known; it is covered by matchers that speak of nothing else.
 */
export function findCover(
  maintenances: Maintenance[],
  incident: Incident,
  details: AlertDetail[],
  now: Millis,
): [Maintenance, ...Maintenance[]] | undefined {
  const active = maintenances
    .filter((each) => isActive(each, now))
    .map((maintenance) => ({ maintenance, matchers: readMatchers(maintenance) }));
  if (active.length === 0) return undefined;

  const known = new Map(details.map((detail) => [detail.fingerprint, detail.labels]));
  const shared = { ...incident.group, alertname: incident.alertname };
  const firing = isFiring(incident);
  const about = incident.alerts.filter((alert) => !alert.carriedOver && (!firing || fires(alert)));
  const needed = [
    ...about.map((alert) => known.get(alert.fingerprint)),
    ...(incident.overflow > 0 || (incident.truncation !== undefined && incident.status === 'open')
      ? [undefined]
      : []),
  ];
  if (needed.length === 0) return undefined;
  const used = new Set<Maintenance>();
  for (const labels of needed) {
    const by = active.find(({ matchers }) =>
      labels === undefined
        ? speaksOf(matchers, shared) && matchesAll(matchers, shared)
        : matchesAll(matchers, labels),
    );
    if (by === undefined) return undefined;
    used.add(by.maintenance);
  }
  const [first, ...others] = used;
  return first && [first, ...others];
}

/** Stored text was read before it was stored; should it ever not be readable, it mutes nothing. */
function readMatchers({ matchers }: Maintenance): Matcher[] {
  const read = parseMatchers(matchers);
  return Array.isArray(read) ? read : [{ label: 'alertname', operator: '!~', value: '.*' }];
}

function speaksOf(matchers: Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ label }) => Object.hasOwn(labels, label));
}

function fires(alert: AlertState): boolean {
  return alert.firing && !alert.unconfirmed;
}

/** Digits of a time in base 36, enough until the year 5188. */
const TIME_DIGITS = 9;

/** An id begins with the planned end, so that ids sort by it: what is current is one range of them. */
export function createMaintenanceId(to: Millis, unique: string): string {
  return `${parseTimePart(to)}-${unique
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 10)
    .toLowerCase()}`;
}

/** Every id of a later end sorts behind this. */
export function parseTimePart(time: Millis): string {
  return Math.max(0, Math.floor(time)).toString(36).padStart(TIME_DIGITS, '0');
}

export function isMaintenanceId(text: string): boolean {
  return /^[0-9a-z]{9}-[0-9a-z]{1,10}$/.test(text);
}
