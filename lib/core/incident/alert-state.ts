import type { ReportedTimes } from '../grouping/observed-alert.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';

/**
 * What can be known of an alert (docs/adr/0027-one-state-an-alert.md).
 *
 * - `firing`: its webhooks say that it fires.
 * - `confirmed`: Alertmanager's API says so after endsAt, so a repeated resolve with the same endsAt is stale.
 *   If endsAt is before startsAt, only the API reported this firing: webhooks cut it off.
 * - `missing`, `confirmed-missing`: one of the two, but absent from the API's last answer (docs/rules.md#rule-10).
 * - `unconfirmed`: a firing report that may come from a late HA peer. It counts for nothing until it is confirmed
 *   (docs/rules.md#rule-5).
 * - `resolved`: it has ended.
 * - `vanished`: it ended because it was absent from Alertmanager, so this firing has no known endsAt.
 */
export const alertStates = [
  'firing',
  'confirmed',
  'missing',
  'confirmed-missing',
  'unconfirmed',
  'resolved',
  'vanished',
] as const;

/** What an incident knows of one fingerprint. Times are by the alert's own clock unless stated otherwise. */
export type AlertState = {
  fingerprint: string;
  /** Hash of the labels without the severity: fingerprints that differ only in severity share it. */
  identity: string;
  severity: Severity;
  state: (typeof alertStates)[number];
  /** Latest known start. */
  startsAt: Millis;
  /** Latest known end; 0 when no end is known. */
  endsAt: Millis;
  /** The sender's own startsAt and endsAt, if we replaced them at receipt; absent for nearly all. */
  reported?: ReportedTimes | undefined;
  /**
   * The incident's version in which this fingerprint last became news. An acknowledgement covers alerts up to
   * its own version. 0: it is carried over from an earlier episode, or only its end is known.
   */
  joinedSeq: number;
  /** Present if Grafana's own alerting sent it: Alertmanager's API knows nothing of it. */
  sentBy?: 'grafana' | undefined;
};

/** Firing for certain; severity, notices and tiers count only these alerts. */
export function isAlertFiring(alert: AlertState): boolean {
  return mayAlertFire(alert) && alert.state !== 'unconfirmed';
}

/** Firing for certain, or unconfirmed. */
export function mayAlertFire({ state }: AlertState): boolean {
  return state !== 'resolved' && state !== 'vanished';
}

export function isAlertConfirmed({ state }: AlertState): boolean {
  return state === 'confirmed' || state === 'confirmed-missing';
}

export function isAlertMissing({ state }: AlertState): boolean {
  return state === 'missing' || state === 'confirmed-missing';
}

/** Whether it is an alert of this episode: an alert that was carried over has not joined. */
export function isCounted({ joinedSeq }: AlertState): boolean {
  return joinedSeq > 0;
}
