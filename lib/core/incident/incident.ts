import type { AlertDetail } from '../alert/alert.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { AlertState } from './alert-state.ts';
import type { NoticeReason } from './effect.ts';
import type { Effect } from './effect-schema.ts';

export const INCIDENT_SCHEMA = 1;
export type Acknowledgement = {
  by: string;
  at: Millis;
  note?: string;
  /** Version that the person saw. */
  asOf: number;
  /** Severity that the person saw. */
  severity: Severity;
};

/** The last silence that was created in Alertmanager for this incident; it may have ended. */
export type IncidentSilence = { id: string; by: string; at: Millis; until: Millis };

/**
 * The first and the last time that a tier's people were called by name. Who they were follows from the time,
 * so a notice names the people it called, not those who took over since.
 */
export type TierPages = { tier: Tier; firstAt: Millis; lastAt: Millis };

/** `until`: when it ends unless ended earlier. Alerts that still fire page then. */
export type Muted = { maintenance: string; since: Millis; until: Millis };

/**
 * `upTo`: the newest alert time in a truncated webhook of the group. `size`: the most alerts that the group
 * had, 0 if unknown.
 */
export type TruncatedGroup = { id: string; receiver?: string; size: number; upTo: Millis };

/**
 * Not all that Alertmanager lists is taken in yet: `next` is the place in the list where the next tick goes on, and the
 * whole list follows again if anything `failed`.
 */
export type UnfinishedIntake = { next: string; failed?: true };

/** The incident's Alertmanager groups with alerts cut off. Only the API can say whether those alerts fire. */
export type Truncation = {
  groups: TruncatedGroup[];
  /** None of their webhooks was of this incident: Alertmanager's list has alerts of it that they cut off. */
  listed?: true;
  /** The last answer of Alertmanager's API had none of them (docs/rules.md#rule-10). */
  missing?: boolean;
  /** When the first of these answers came that was taken in whole. */
  missingAt?: Millis;
  /** The first of two answers listed nothing as severe as the incident is. */
  milder?: boolean;
  unfinished?: UnfinishedIntake;
  /** People were notified that it stays open because Alertmanager gave no answer. */
  announced?: boolean;
};

/** What interrupted people, and what is going to. */
export type Paging = {
  /** Last notice that interrupted people; 0: none. */
  lastAt: Millis;
  /** Whether the reminder for the last page was sent. */
  reminded: boolean;
  /** A page that waits for the five-minute spacing (docs/rules.md#rule-3). */
  due?: { at: Millis; reason: 'joined' | 'raised' };
  /**
   * The latest notice that pages or says that the incident is over. It supersedes earlier notices that are
   * still undelivered. Absent: none yet.
   */
  lastNews?: { seq: number; reason: NoticeReason };
  /** Number of notices that interrupt the people of L1, L2 and L3; absent: none. */
  counts?: [number, number, number];
};

/** `highest`: the highest tier called since the tier clock started. */
export type Tiers = {
  clockStartedAt: Millis;
  highest: Tier;
  /** When each tier was called by name since the clock started. */
  pages: TierPages[];
};

/** Reopens of an episode, and whether they are too many to be told (docs/rules.md#rule-6). */
export type Flapping = {
  /** Times of the latest reopens, by our clock. */
  reopenedAt: Millis[];
  /** Present while it flaps, with the last reopen or resolve since. */
  since?: Millis;
  changedAt?: Millis;
  /** Present while it flaps: its reopens, with those that made it flapping. */
  reopens?: number;
  /** Whether it ever flapped. */
  ever?: true;
};

/** What was asked of Alertmanager and what is still in doubt, by our clock (docs/rules.md#rule-10). */
export type Reconcile = {
  askedAt?: Millis;
  /** Start of the last round that asked which alerts are gone. */
  missingRoundAt?: Millis;
  /** Since when some firing reports are unconfirmed. */
  unconfirmedSince?: Millis;
  /** Since when every firing alert is silenced or inhibited. */
  pausedSince?: Millis;
};

export type IncidentStatus = 'open' | 'resolved';

/**
 * How an episode ended: its alerts resolved, a person resolved it, or its alerts were absent from
 * Alertmanager.
 */
export type Resolution = 'alerts' | 'hand' | 'vanished';

/**
 * One episode of firing of the alerts that share a runbook's `group_by` labels within a source. The only
 * truth about its state; plain data, so that it can be stored and compared.
 */
export type Incident = {
  schema: number;
  /** `{key}.{episode}`; people and URLs use this id. */
  id: string;
  key: string;
  episode: number;
  /** Grows by one with every change; every write is conditional on it. */
  version: number;
  source: string;
  alertname: string;
  /** Grouping labels and values at the time it opened. */
  group: Record<string, string>;
  /** The runbook's category at the time it opened; absent for alerts that this system observes itself. */
  category?: string;
  /** The sender's address, for links: Alertmanager's or Grafana's. */
  externalURL: string;
  /** Present if Grafana's own alerting sent the alert that opened it. */
  sentBy?: 'grafana';
  /**
   * Set if only this system observes it. It ends this long after its last report, and Alertmanager is never
   * asked.
   */
  endsAfter?: Millis;
  status: IncidentStatus;
  resolution?: Resolution;
  /** Only resolves of unknown alerts are known (docs/rules.md#rule-7). Not in statistics, no notices. */
  neverFired: boolean;
  severity: Severity;
  /** Every severity of this episode, with the version that reached it. Newest last. */
  severityHistory: { seq: number; severity: Severity }[];
  /**
   * By our clock, when the incident stopped being at least this severe. Severities that it has, or never had,
   * are absent.
   */
  severityEndedAt?: Partial<Record<Severity, Millis>>;
  /** Severity that a promotion raised it to (docs/rules.md#rule-9). */
  promotedTo?: Severity;
  openedAt: Millis;
  resolvedAt?: Millis;
  resolvedBy?: string;
  lastSeenAt: Millis;
  alerts: AlertState[];
  /**
   * Number of alerts beyond the limit, which are not tracked. Such an incident resolves only by reconcile.
   */
  overflow: number;
  truncation?: Truncation;
  /** Whether it ever had a truncation, which is announced once. */
  everTruncated?: true;
  ack?: Acknowledgement;
  /** A reopen clears the acknowledgement, but keeps this time. */
  firstAcknowledgedAt?: Millis;
  paging: Paging;
  tiers: Tiers;
  flapping: Flapping;
  reconcile: Reconcile;
  silence?: IncidentSilence;
  /**
   * Set while a maintenance covers every firing alert: nobody is notified, and tier clock and reminder stop.
   */
  muted?: Muted;
  /** Distinct (fingerprint, startsAt) of recent firings, for promotion by repeated firings. */
  firings: { fingerprint: string; startsAt: Millis }[];
  /** Values of the label that a promotion by distinct values watches, by fingerprint. */
  watchedValues: Record<string, string>;
  /** Hash of an alert's text that was last recorded, by fingerprint. */
  textHashes?: Record<string, string>;
  /** Details with changed text that wait for the next effect. */
  waitingDetails?: AlertDetail[];
  /** Decided but not yet published, oldest first. */
  effects: Effect[];
  /** When a tick must process it; absent when nothing can become due. */
  nextDueAt?: Millis;
};

/** Whether a text is a valid incident id: `{key}.{episode}`. Keys are digits and lower-case letters. */
export function isIncidentId(text: string): boolean {
  return /^[0-9a-z]{1,64}\.[1-9]\d{0,5}$/.test(text);
}
