import type { Alert } from '../alert/alert.ts';
import { mayAlertFire } from '../incident/alert-state.ts';
import type { AlertmanagerStatus } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { findHeartbeatRule } from '../runbook/find-runbook.ts';
import { type HeartbeatRule, type RunbookCatalog } from '../runbook/runbook.ts';
import { MINUTE, type Millis } from '../shared/time.ts';
import type { Heartbeat } from './heartbeat-store.ts';
import { computeOwnFingerprint, computeOwnKey, type ObservedEvent, observeOwn } from './own-alert.ts';

/** A source's heartbeat is recorded at most this often, or three times per interval if that is shorter. */
const HEARTBEAT_SPACING: Millis = MINUTE;

/**
 * Separates a webhook's heartbeats from its other alerts. A resolved heartbeat is dropped: it is no evidence,
 * and opens no incident.
 */
export function extractHeartbeats(
  catalog: RunbookCatalog,
  source: string,
  alerts: Alert[],
): { alerts: Alert[]; heartbeat?: { spacing: Millis } } {
  const rule = findHeartbeatRule(catalog, source);
  const isHeartbeat = (alert: Alert) => alert.labels['alertname'] === rule.alertname;
  const isAlive = rule.watch && alerts.some((alert) => isHeartbeat(alert) && alert.status === 'firing');
  return {
    alerts: alerts.filter((alert) => !isHeartbeat(alert)),
    heartbeat: isAlive ? { spacing: Math.min(HEARTBEAT_SPACING, rule.interval / 3) } : undefined,
  };
}

/**
 * Key of a source's own heartbeat incident. No webhook can have it, because keys of alerts have three parts.
 * So another sender's alert HeartbeatMissing is another incident.
 */
export function getHeartbeatKey(source: string): string {
  return computeOwnKey(HEARTBEAT_MISSING, source);
}

export function isHeartbeatIncident(incident: Pick<Incident, 'key' | 'source'>): boolean {
  return incident.key === getHeartbeatKey(incident.source);
}

/** Whether the heartbeat is absent for longer than its interval. */
export function isMissing({ seenAt }: Heartbeat, rule: HeartbeatRule, now: Millis): boolean {
  return rule.watch && now - seenAt > rule.interval;
}

/** When a webhook of the source last had any other alert. Absent: none that is open. */
export type HeardAt = Millis | 'unknown';

/**
 * Turns the state of a heartbeat into an alert that this system observes itself; undefined when nothing
 * changes. Times depend only on the last heartbeat, so a late or repeated tick observes the same alert. After
 * a resolve by hand it is silent until a heartbeat returns.
 */
export function observeHeartbeat(
  catalog: RunbookCatalog,
  heartbeat: Heartbeat,
  latest: Incident | undefined,
  now: Millis,
  heardAt?: HeardAt,
): ObservedEvent | undefined {
  const rule = findHeartbeatRule(catalog, heartbeat.source);
  const since = heartbeat.seenAt + rule.interval;
  const fingerprint = computeOwnFingerprint(HEARTBEAT_MISSING, heartbeat.source);
  const known = latest?.alerts.find((alert) => alert.fingerprint === fingerprint);
  if (isMissing(heartbeat, rule, now)) {
    const quiet = latest?.status === 'resolved' && latest.resolution === 'hand';
    if (quiet && known !== undefined && mayAlertFire(known) && since <= known.startsAt) return undefined;
    return toHeartbeatEvent(heartbeat, { status: 'firing', startsAt: since, endsAt: 0 }, rule, heardAt);
  }
  if (known === undefined || !mayAlertFire(known)) return undefined;
  const endsAt = Math.max(heartbeat.seenAt, known.startsAt);
  return toHeartbeatEvent(heartbeat, { status: 'resolved', startsAt: known.startsAt, endsAt }, rule);
}

/**
 * Replaces Alertmanager's answer for a heartbeat incident, which Alertmanager does not know
 * (docs/rules.md#rule-10). The incident fires while the heartbeat is absent. Without a record of the source,
 * the answer is unknown.
 */
export function getHeartbeatStatus(
  catalog: RunbookCatalog,
  heartbeat: Heartbeat | undefined,
  incident: Incident,
  now: Millis,
): AlertmanagerStatus {
  if (heartbeat === undefined) return { kind: 'unknown', why: 'no sign of this source is on record' };
  const missing = isMissing(heartbeat, findHeartbeatRule(catalog, heartbeat.source), now);
  const firing = incident.alerts.filter(mayAlertFire);
  return { kind: 'answer', active: missing ? firing.map((alert) => alert.fingerprint) : [], suppressed: [] };
}

function toHeartbeatEvent(
  { source, seenAt, externalURL }: Heartbeat,
  alert: { status: 'firing' | 'resolved'; startsAt: Millis; endsAt: Millis },
  rule: HeartbeatRule,
  heardAt?: HeardAt,
): ObservedEvent {
  const last = `The last ${rule.alertname} of ${source} came at ${formatMinute(seenAt)}`;
  const other = describeHeard(heardAt);
  return observeOwn({
    ...alert,
    alertname: HEARTBEAT_MISSING,
    source,
    externalURL,
    summary: `${last}; ${other}.`,
    shown: { heartbeat: rule.alertname },
  });
}

function describeHeard(heardAt: HeardAt | undefined): string {
  if (heardAt === undefined) return 'no other alert of it is open';
  if (heardAt === 'unknown') return 'whether other alerts of it were heard is not known';
  return `other alerts were heard at ${formatMinute(heardAt)}`;
}

function formatMinute(time: Millis): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Alertname of the incident that a missing heartbeat opens. */
export const HEARTBEAT_MISSING = 'HeartbeatMissing';
