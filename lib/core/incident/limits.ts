import { HOUR, MINUTE } from '../shared/time.ts';

/** Alerts tracked one by one; others are only counted, and such an incident resolves only by reconcile. */
export const MAX_TRACKED_ALERTS = 10_000;

/** How far ahead of our receipt a sender's time may be before we replace it (docs/rules.md#rule-5). */
export const CLOCK_TOLERANCE = 5 * MINUTE;

/** Alerts per incident whose replaced times are kept, at 13 bytes each. */
export const MAX_REPORTED_TIMES = 100;

/** Ended alerts that the next episode keeps, to recognise late reports about them (docs/rules.md#rule-5). */
export const MAX_CARRIED_OVER_ALERTS = 1_000;

/** Truncated groups tracked one by one; others share one entry, which only reconcile ends. */
export const MAX_TRUNCATED_GROUPS = 20;

/** Bytes of alert details in one effect, and in all waiting effects together. */
export const MAX_EFFECT_DETAIL_BYTES = 16 * 1024;
export const MAX_WAITING_DETAIL_BYTES = 24 * 1024;

/** Alerts of which it is known what words were taken last; of more than these, changed words are not taken. */
export const MAX_WORD_HASHES = 295;

/**
 * Alerts that one effect, and all waiting effects together, name as started or stopped. Further alerts are
 * counted.
 */
export const MAX_EFFECT_MOVES = 40;
export const MAX_WAITING_MOVES = 120;

/** Effects kept while the queue is unreachable. Beyond this limit, the oldest quiet effects are dropped. */
export const MAX_WAITING_EFFECTS = 30;

/** Time between two pages about news in an acknowledged incident (docs/rules.md#rule-3). */
export const PAGE_SPACING = 5 * MINUTE;

/**
 * When an unconfirmed firing is looked up in Alertmanager, and when it pages unverified
 * (docs/rules.md#rule-5).
 */
export const UNCONFIRMED_ASK_AFTER = 2 * MINUTE;
export const UNCONFIRMED_PAGE_AFTER = 6 * MINUTE;

/** Three reopens within an hour are flapping; 15 quiet minutes end it (docs/rules.md#rule-6). */
export const FLAPPING_REOPENS = 3;
export const FLAPPING_WITHIN = HOUR;
export const FLAPPING_ENDS_AFTER = 15 * MINUTE;

/** An alert is gone when it is absent from two answers this far apart (docs/rules.md#rule-10). */
export const RECHECK_SPACING = 5 * MINUTE;

/** What a tick did not take in of Alertmanager's list follows in the next one: shorter than from tick to tick. */
export const INTAKE_SPACING = MINUTE / 2;

/** How long before a tier the first of those two answers is requested: the spacing and one late tick. */
export const LOOK_AHEAD = RECHECK_SPACING + MINUTE;

/** A webhook that changes nothing updates lastSeenAt at most this often. */
export const SEEN_REFRESH = 15 * MINUTE;

/** When a tick looks for effects that were never published. */
export const OUTBOX_AFTER = MINUTE;
