import type { AlertDetail } from '../alert/alert.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';

/** Why people are told something. design.md, "Vocabulary". */
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

/** Whether a notice for this reason says that it is over. */
export function isEnd(reason: NoticeReason): boolean {
  return reason === 'resolved' || reason === 'closed';
}

/** A silence in Alertmanager: until when, and how many of the alerts that fired then it covers. */
export type MadeSilence = { until: Millis; covered: number; firing: number };

/** What a person did, for those who read the history of an incident. */
export type UserAction = { by: string; note?: string; silence?: MadeSilence };

/**
 * Fingerprints that began and that ceased to fire in one transition, the first of them; `more` counts the others, of
 * which the incident still knows the latest start and end.
 */
export type AlertMoves = { began: string[]; ended: string[]; more: number };

/**
 * Something the state machine decided must happen. It is stored in the incident until it has been handed
 * on to the queue (outbox), and its id makes every later step repeatable.
 */
export type Effect = {
  /** `{incidentId}:{seq}`, unique because every version is written once. */
  id: string;
  /** `notify` tells people; `record` only writes history. */
  kind: 'notify' | 'record';
  /** The incident's version that this effect was decided in. */
  seq: number;
  at: Millis;
  reason: NoticeReason;
  /** Whether people are to be interrupted (mention, mail) or a message edited quietly. */
  ping: boolean;
  /** Highest tier this notice is for. */
  tier: Tier;
  /** Every tier whose contacts it addresses: more than one when a late tick passed tiers over. */
  tiers: Tier[];
  /** One sentence for the timeline, in plain words, without label values. */
  summary: string;
  /** Who did it, when a person did. */
  by?: string;
  note?: string;
  /** What they silenced. */
  silence?: MadeSilence;
  /** Set when Alertmanager could not confirm that the alerts still fire: why. */
  unverified?: string;
  /** Details of the alerts first seen in this transition, capped by bytes. Written beside the incident by the consumer. */
  details: AlertDetail[];
  /** Which alerts came and went; absent when none did. */
  moves?: AlertMoves;
};
