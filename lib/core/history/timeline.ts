import type { DeliveryRecord } from '../delivery/delivery.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Millis } from '../shared/time.ts';
import type { TimelineEntry } from './history.ts';

type TimelineItemBase = {
  /** Unique in the story. */
  id: string;
  at: Millis;
  /** The incident's version that it belongs to, where that is known. */
  seq?: number;
  /** One sentence for people; labels and what people wrote may be in it. */
  summary: string;
};

/** One alert that came or went, or several of one moment summed up. */
export type AlertEntry = TimelineItemBase & {
  kind: 'alert';
  what: 'firing' | 'resolved';
  /** Absent when several are summed up. */
  fingerprint?: string;
  count: number;
  /** Whose clock `at` is of: ours, when the news came with a delivery that is known, else the sender's. */
  clock: 'ours' | 'sender';
};

export type DiagnosisEntry = TimelineItemBase & {
  kind: 'diagnosed';
  /** The reason it was made for; `unknown` in records of the version before. */
  what: NoticeReason | 'recorded' | 'unknown';
  diagnosisId: string;
  /** How many checks need attention, and how many were made or tried. */
  attention: number;
  checks: number;
  /** Titles of checks that could not be made, the first of them. */
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

/** News of the incident itself: what people did, tiers, and everything else that its state went through. */
export type NewsEntry = TimelineItemBase & {
  kind: 'acknowledgement' | 'tier' | 'incident';
  what: TimelineEntry['what'] | 'muted';
  by?: string;
  note?: string;
  tier?: Tier;
};

/** One line of what happened to an incident. */
export type TimelineItem = AlertEntry | DiagnosisEntry | NoticeEntry | NewsEntry;
