import { HOUR, MINUTE } from '../shared/time.ts';

/** Fingerprints tracked one by one; more are only counted, and such an incident resolves only by reconcile. */
export const MAX_TRACKED_ALERTS = 10_000;

/** How far ahead of our receipt a sender's time may be before it is not believed (docs/rules.md#rule-5). */
export const CLOCK_TOLERANCE = 5 * MINUTE;

/** Alerts of one incident whose unbelieved times are kept, at 13 bytes each. */
export const MAX_REPORTED_TIMES = 100;

/** Ended alerts that the next episode still knows, so that a late report of theirs is recognised (docs/rules.md#rule-5). */
export const MAX_CARRIED_OVER_ALERTS = 1_000;

/** Alertmanager groups whose truncation is told apart; more are one, which only reconcile ends. */
export const MAX_TRUNCATED_GROUPS = 20;

/** Bytes of alert details that one effect may carry, and that all waiting effects may carry together. */
export const MAX_EFFECT_DETAIL_BYTES = 16 * 1024;
export const MAX_WAITING_DETAIL_BYTES = 24 * 1024;

/** Alerts of which it is known what words were taken last; of more than these, changed words are not taken. */
export const MAX_WORD_HASHES = 295;

/** Alerts that one effect, and that all waiting effects together, name as having come or gone; others are counted. */
export const MAX_EFFECT_MOVES = 40;
export const MAX_WAITING_MOVES = 120;

/** Waiting effects kept while the queue cannot be reached; past that the oldest quiet ones give way. */
export const MAX_WAITING_EFFECTS = 30;

/** Time between two pages about news on an acknowledged incident (docs/rules.md#rule-3). */
export const PAGE_SPACING = 5 * MINUTE;

/** After how long a doubtful firing report is asked about, and after how long it pages unverified (docs/rules.md#rule-5). */
export const UNCONFIRMED_ASK_AFTER = 2 * MINUTE;
export const UNCONFIRMED_PAGE_AFTER = 6 * MINUTE;

/** Three reopens within an hour are flapping; 15 quiet minutes end it (docs/rules.md#rule-6). */
export const FLAPPING_REOPENS = 3;
export const FLAPPING_WITHIN = HOUR;
export const FLAPPING_ENDS_AFTER = 15 * MINUTE;

/** An alert is gone when it is absent from two answers this far apart (docs/rules.md#rule-10). */
export const GONE_SPACING = 5 * MINUTE;

/** How long before a tier the first of those two answers is asked for: the spacing and one late tick. */
export const LOOK_AHEAD = GONE_SPACING + MINUTE;

/** A delivery that changes nothing refreshes lastSeenAt at most this often. */
export const SEEN_REFRESH = 15 * MINUTE;

/** When tick looks for effects that were never handed on. */
export const OUTBOX_AFTER = MINUTE;
