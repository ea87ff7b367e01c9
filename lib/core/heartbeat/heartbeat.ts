import type { Alert } from '../alert/alert.ts';
import type { AlertmanagerStatus } from '../incident/event.ts';
import type { AlertState, Incident } from '../incident/incident.ts';
import { findHeartbeatRule } from '../runbook/find-runbook.ts';
import { type HeartbeatRule, type RunbookCatalog } from '../runbook/runbook.ts';
import { MINUTE, type Millis } from '../shared/time.ts';
import type { Heartbeat } from './heartbeat-store.ts';
import { computeOwnFingerprint, computeOwnKey, type ObservedEvent, observeOwn } from './own-alert.ts';

/** A sign is noted at most this often a source, or three times an interval where that is shorter. */
const SIGN_SPACING: Millis = MINUTE;

/** What a delivery holds beside the signs of life in it. A resolved one is no sign, and makes no incident either. */
export function extractHeartbeats(
  catalog: RunbookCatalog,
  source: string,
  alerts: Alert[],
): { alerts: Alert[]; sign?: { spacing: Millis } } {
  const rule = findHeartbeatRule(catalog, source);
  const isHeartbeat = (alert: Alert) => alert.labels['alertname'] === rule.alertname;
  const sign = rule.watch && alerts.some((alert) => isHeartbeat(alert) && alert.status === 'firing');
  return {
    alerts: alerts.filter((alert) => !isHeartbeat(alert)),
    ...(sign ? { sign: { spacing: Math.min(SIGN_SPACING, rule.interval / 3) } } : {}),
  };
}

/**
 * Key of a source's own heartbeat incident. No delivery can have it, because the keys of alerts are made of three
 * parts: an alert that somebody else calls HeartbeatMissing is another incident.
 */
export function getHeartbeatKey(source: string): string {
  return computeOwnKey(HEARTBEAT_MISSING, source);
}

export function isHeartbeatIncident(incident: Pick<Incident, 'key' | 'source'>): boolean {
  return incident.key === getHeartbeatKey(incident.source);
}

/** Whether the sign is missing for longer than its interval. */
export function isMissing({ seenAt }: Heartbeat, rule: HeartbeatRule, now: Millis): boolean {
  return rule.watch && now - seenAt > rule.interval;
}

/**
 * What the state of a heartbeat means for its incident, as an alert that this system observes itself; undefined when
 * nothing is to be said. Its times follow from the last sign alone, so that a tick that runs late, twice or again after
 * a crash observes the very same alert. What a person resolved by hand stays quiet until a sign has come back.
 */
export function observeHeartbeat(
  catalog: RunbookCatalog,
  heartbeat: Heartbeat,
  latest: Incident | undefined,
  now: Millis,
  /** When a delivery of the source last spoke of anything else, if that is known. */
  heardAt?: Millis,
): ObservedEvent | undefined {
  const rule = findHeartbeatRule(catalog, heartbeat.source);
  const since = heartbeat.seenAt + rule.interval;
  const fingerprint = computeOwnFingerprint(HEARTBEAT_MISSING, heartbeat.source);
  const known = latest?.alerts.find((alert) => alert.fingerprint === fingerprint);
  if (isMissing(heartbeat, rule, now)) {
    const quiet = latest?.status === 'resolved' && latest.resolution === 'hand';
    if (quiet && known !== undefined && known.firing && since <= known.startsAt) return undefined;
    return observed(heartbeat, { status: 'firing', startsAt: since, endsAt: 0 }, rule, heardAt);
  }
  if (!known?.firing) return undefined;
  const endsAt = Math.max(heartbeat.seenAt, known.startsAt);
  return observed(heartbeat, { status: 'resolved', startsAt: known.startsAt, endsAt }, rule);
}

/**
 * What stands for Alertmanager's answer about a heartbeat incident, of which Alertmanager knows nothing (docs/rules.md#rule-10): it
 * fires while the sign is missing. Without a record of the source nobody can say.
 */
export function getHeartbeatStatus(
  catalog: RunbookCatalog,
  heartbeat: Heartbeat | undefined,
  incident: Incident,
  now: Millis,
): AlertmanagerStatus {
  if (heartbeat === undefined) return { kind: 'unknown', why: 'no sign of this source is on record' };
  const missing = isMissing(heartbeat, findHeartbeatRule(catalog, heartbeat.source), now);
  const firing = incident.alerts.filter((alert: AlertState) => alert.firing);
  return { kind: 'answer', active: missing ? firing.map((alert) => alert.fingerprint) : [], suppressed: [] };
}

function observed(
  { source, seenAt, externalURL }: Heartbeat,
  alert: { status: 'firing' | 'resolved'; startsAt: Millis; endsAt: Millis },
  rule: HeartbeatRule,
  heardAt?: Millis,
): ObservedEvent {
  const last = `The last ${rule.alertname} of ${source} came at ${utc(seenAt)}`;
  const other =
    heardAt === undefined ? 'no other alert of it is open' : `other alerts were heard at ${utc(heardAt)}`;
  return observeOwn({
    ...alert,
    alertname: HEARTBEAT_MISSING,
    source,
    externalURL,
    summary: `${last}; ${other}.`,
    shown: { heartbeat: rule.alertname },
  });
}

function utc(time: Millis): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Alertname of the incident that a missing sign of life opens. */
export const HEARTBEAT_MISSING = 'HeartbeatMissing';
