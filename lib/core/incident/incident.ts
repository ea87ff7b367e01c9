import type { AlertDetail } from '../alert/alert.ts';
import type { ReportedTimes } from '../grouping/observed-alert.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { Effect, NoticeReason } from './effect.ts';

export const INCIDENT_SCHEMA = 1;
/** What an incident knows of one fingerprint. Times are the alert's own clock unless said otherwise. */
export type AlertState = {
  fingerprint: string;
  /** Hash of the labels without the severity: two fingerprints that differ only in severity share it. */
  identity: string;
  severity: Severity;
  firing: boolean;
  /** A firing report that cannot be told from a late HA peer; counts for nothing until confirmed (docs/rules.md#rule-5). */
  unconfirmed: boolean;
  /** Absent from the last answer of Alertmanager's API (docs/rules.md#rule-10). */
  missing: boolean;
  /** Known only from an earlier episode; not counted in this one. */
  carriedOver: boolean;
  /**
   * Confirmed firing by Alertmanager's API after endsAt: a repeated resolve with that same endsAt is stale. Where endsAt
   * is before startsAt, the API alone has told this firing: webhooks cut it off.
   */
  confirmed: boolean;
  /** Ended because Alertmanager no longer had it, so no endsAt is known for this firing. */
  vanished: boolean;
  /** Latest known start. */
  startsAt: Millis;
  /** Latest known end; 0 when none was ever seen. */
  endsAt: Millis;
  /** What the sender said in place of startsAt and endsAt, where we fixed them at receipt; absent for nearly all. */
  reported?: ReportedTimes | undefined;
  /** The incident's version in which this fingerprint last became a new fact; acknowledgements cover up to theirs. */
  joinedSeq: number;
};

export type Acknowledgement = {
  by: string;
  at: Millis;
  note?: string;
  /** Version that the person saw. */
  asOf: number;
  /** Severity that the person saw. */
  severity: Severity;
};

/** The silence in Alertmanager that was made for it last, whether or not it still lasts. */
export type IncidentSilence = { id: string; by: string; at: Millis; until: Millis };

/**
 * When the people of a tier were called by name, the first and the last time. Who that was is found from it later, so
 * that a notice names whom it called and not whoever has taken over since.
 */
export type TierPages = { tier: Tier; firstAt: Millis; lastAt: Millis };

/** `until`: when it ends unless it is ended before; what still fires pages then. */
export type Muted = { maintenance: string; since: Millis; until: Millis };

/** `upTo`: the newest alert time that a truncated delivery of the group had. `size`: the most alerts it had, 0 if unknown. */
export type TruncatedGroup = { id: string; receiver?: string; size: number; upTo: Millis };

/** Alertmanager groups of the incident of which alerts were cut off: only its API can say whether those fire. */
export type Truncation = {
  groups: TruncatedGroup[];
  /** None of their webhooks was of this incident: Alertmanager's list has alerts of it that they cut off. */
  listed?: true;
  /** The last answer of Alertmanager's API had none of them (docs/rules.md#rule-10). */
  missing?: boolean;
  /** People were told that it stays open because Alertmanager could not be asked. */
  announced?: boolean;
};

export type IncidentStatus = 'open' | 'resolved';

/** How an episode ended: its alerts resolved, a person said so, or Alertmanager no longer knew the alerts. */
export type Resolution = 'alerts' | 'hand' | 'vanished';

/**
 * One episode of firing of the alerts that share a runbook's `group_by` labels within a source.
 * The only truth of its state; plain data, so that it can be stored and compared.
 */
export type Incident = {
  schema: number;
  /** `{key}.{episode}`; what people and URLs use. */
  id: string;
  key: string;
  episode: number;
  /** Grows by one with every change; every write is conditional on it. */
  version: number;
  source: string;
  alertname: string;
  /** Grouping labels and values, as they were when it opened. */
  group: Record<string, string>;
  /** The runbook's, as it was when it opened; absent in items of the version before. */
  category?: string;
  /** Alertmanager's address, for links. */
  externalURL: string;
  /** Set where only this system observes it: it ends so long after it was last seen, and nobody is asked about it. */
  endsAfter?: Millis;
  status: IncidentStatus;
  resolution?: Resolution;
  /** Never fired for us: made of resolves for unknown alerts (docs/rules.md#rule-7). Not in statistics, no notices. */
  neverFired: boolean;
  severity: Severity;
  /** Every severity this episode had, with the version it was reached in. Newest last. */
  severityHistory: { seq: number; severity: Severity }[];
  /**
   * By our clock, when the incident ceased to be at least this severe; a severity it has now, or never had, is absent.
   * Absent as a whole in items of the version before.
   */
  severityEndedAt?: Partial<Record<Severity, Millis>>;
  /** Severity a promotion rule raised it to (docs/rules.md#rule-9). */
  promotedTo?: Severity;
  openedAt: Millis;
  resolvedAt?: Millis;
  resolvedBy?: string;
  lastSeenAt: Millis;
  alerts: AlertState[];
  /** Fingerprints beyond the cap, counted only; such an incident resolves only by reconcile. */
  overflow: number;
  truncation?: Truncation;
  /** Whether it ever had a truncation, which is said once. */
  everTruncated?: true;
  ack?: Acknowledgement;
  /** A reopen clears the acknowledgement, but not when the first one was. */
  firstAcknowledgedAt?: Millis;
  /** When the tier clock started, and the highest tier told since. 0: no tier yet. */
  clockStartedAt: Millis;
  tier: Tier;
  /** When each tier was called by name since that clock started; absent in items of the version before. */
  tierPages?: TierPages[];
  /** How many notices were to interrupt the people of L1, L2 and L3; absent: none. */
  pages?: [number, number, number];
  /**
   * The latest notice that is more than an edit: a page, or the end. What was decided before it and comes late leaves
   * the word to it. Absent in items of the version before.
   */
  lastNews?: { seq: number; reason: NoticeReason };
  /** Last notice that interrupted people. */
  pagedAt: Millis;
  /** Whether the reminder for the last page is out. */
  reminded: boolean;
  /** A page that waits for the five-minute spacing of docs/rules.md#rule-3. */
  pageDueAt?: Millis;
  pageDueReason?: 'joined' | 'raised';
  /** System time since when the only or some firing reports are doubtful. */
  unconfirmedSince?: Millis;
  /** Start of the last round in which Alertmanager was asked what is gone. */
  missingRoundAt?: Millis;
  askedAt?: Millis;
  /** System time since when all that fires is silenced or inhibited. */
  pausedSince?: Millis;
  silence?: IncidentSilence;
  /** While a maintenance covers all that fires: nobody is told, and tier clock and reminder stand still. */
  muted?: Muted;
  /** System times of the latest reopens. */
  reopenedAt: Millis[];
  /** Whether it ever was flapping. */
  flapped?: true;
  flappingSince?: Millis;
  flappingChangedAt?: Millis;
  /** Distinct (fingerprint, startsAt) of recent firings, for repeated-firing promotion. */
  firings: { fingerprint: string; startsAt: Millis }[];
  /** Values of the label that a distinct-values promotion watches, per fingerprint. */
  watchedValues: Record<string, string>;
  /** Hash of the words that were last taken of an alert, by fingerprint. */
  textHashes?: Record<string, string>;
  /** Details with new words that wait for the next effect to carry them. */
  waitingDetails?: AlertDetail[];
  /** Decided but not yet handed on, oldest first. */
  effects: Effect[];
  /** When tick must look at it; absent when nothing can become due. */
  nextDueAt?: Millis;
};

/** Whether a text has the form of an incident's id: `{key}.{episode}`. Keys are digits and lower-case letters. */
export function isIncidentId(text: string): boolean {
  return /^[0-9a-z]{1,64}\.[1-9]\d{0,5}$/.test(text);
}
