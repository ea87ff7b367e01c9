import type { AlertDetail } from '../alert/alert.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';

/** Why a notice goes out; see docs/glossary.md and docs/rules.md. */
export const noticeReasons = [
  'opened',
  'joined',
  'raised',
  'updated',
  'reminder',
  'escalated',
  'acknowledged',
  'reopened',
  'flapping',
  'unverified',
  'resolved',
  'closed',
] as const;

export type NoticeReason = (typeof noticeReasons)[number];

/** Whether a notice for this reason says that the incident is over. */
export function isEnd(reason: NoticeReason): boolean {
  return reason === 'resolved' || reason === 'closed';
}

/** A silence in Alertmanager: its end, and how many of the alerts that fired at that time it covers. */
export type MadeSilence = { until: Millis; covered: number; firing: number };

/** What a person did, for readers of the incident's history. */
export type UserAction = { by: string; note?: string; silence?: MadeSilence };

/**
 * The first fingerprints that started and stopped firing in one transition. `more` counts the others; the
 * incident still holds their latest start and end.
 */
export type AlertMoves = { began: string[]; ended: string[]; more: number };

/**
 * Something that the state machine decided must happen. The incident keeps it until it is published (outbox).
 * Its id makes every later step idempotent.
 */
export type Effect = {
  /** `{incidentId}:{seq}`, unique because every version is written once. */
  id: string;
  /** `notify` sends a notice; `record` only writes history. */
  kind: 'notify' | 'record';
  /** The incident's version in which this effect was decided. */
  seq: number;
  at: Millis;
  reason: NoticeReason;
  /** Whether to interrupt people (mention, mail) or to edit a message quietly. */
  ping: boolean;
  /** Highest tier this notice is for. */
  tier: Tier;
  /** Every tier whose contacts it addresses: several when a late tick passed over tiers. */
  tiers: Tier[];
  /** One sentence for the timeline, in plain words, without label values. */
  summary: string;
  /** The person who did it, if a person did. */
  by?: string;
  note?: string;
  /** The silence that this person created. */
  silence?: MadeSilence;
  /** Why Alertmanager could not confirm that the alerts still fire; absent if it could. */
  unverified?: string;
  /**
   * Details of new alerts and changed texts, limited in bytes. The consumer stores them outside the incident
   * item.
   */
  details: AlertDetail[];
  /** Alerts that started or stopped firing; absent when none did. */
  moves?: AlertMoves;
};
