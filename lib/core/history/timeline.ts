import type { DeliveryRecord } from '../delivery/delivery.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';
import type { TimelineEntry } from './history.ts';

type TimelineItemBase = {
  /** Unique in the timeline. */
  id: string;
  at: Millis;
  /** The incident's version, where it is known. */
  seq?: number;
  /** One sentence for people; may contain labels and notes. */
  summary: string;
};

/** One start or end of an alert, or several summed up. */
export type AlertEntry = TimelineItemBase & {
  kind: 'alert';
  what: 'firing' | 'resolved';
  /** Absent when several are summed up. */
  fingerprint?: string;
  count: number;
  /** The clock of `at`: ours if the webhook's receipt is known, else the sender's. */
  clock: 'ours' | 'sender';
};

export type DiagnosisEntry = TimelineItemBase & {
  kind: 'diagnosed';
  /** The notice reason that the diagnosis was run for. */
  what: NoticeReason;
  diagnosisId: string;
  /** How many checks need attention, and how many ran or were attempted. */
  attention: number;
  checks: number;
  /** Titles of checks that failed; the first of them. */
  failed: string[];
};

export type NoticeEntry = TimelineItemBase & {
  kind: 'notified';
  what: NoticeReason;
  destination: string;
  outcome: DeliveryRecord['outcome'];
  tier: Tier;
  ping: boolean;
  attempts: number;
  detail?: string;
};

/** News of the incident itself: user actions, tiers and every other change of state. */
export type NewsEntry = TimelineItemBase & {
  kind: 'acknowledgement' | 'tier' | 'incident';
  what: TimelineEntry['what'] | 'muted';
  by?: string;
  note?: string;
  tier?: Tier;
};

/** One line of an incident's timeline. */
export type TimelineItem = AlertEntry | DiagnosisEntry | NoticeEntry | NewsEntry;
