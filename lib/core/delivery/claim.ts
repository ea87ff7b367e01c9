import { MINUTE, type Millis, SECOND } from '../shared/time.ts';

/**
 * What a run is about to show to people, stored with its claim. If the run dies, nothing else is known of the
 * send.
 */
export type Intent = {
  /** Of the delivered message, and the version that it shows. */
  key: string;
  seq: number;
  /** Whether the message says that something fires. */
  firing: boolean;
  at: Millis;
};

/** Sends with an unknown outcome since the last confirmed one. */
export type UncertainSends = {
  /** Whether one of them said that something fires. */
  firing: boolean;
  count: number;
  lastAt: Millis;
};

/** Fields of every item that only one run at a time may work on. */
export type Claimed = {
  /** End of the claim; 0 without a claim. */
  claimUntil: Millis;
  /** The run that has the claim. */
  claimOwner?: string;
  intent?: Intent;
  uncertainSends?: UncertainSends;
};

/** `owner` is unique to a run, so that a run recognizes its own claim after a lost answer. */
export type Claim = {
  owner: string;
  now: Millis;
  until: Millis;
  intent?: Intent;
  uncertainSends?: UncertainSends;
};

/** The claim under which a record is saved; `until` 0 releases it. */
export type Holder = { owner: string; until: Millis };

/** One item, as seen by the run that wants to work on it. */
export interface ClaimedItem<R extends Claimed> {
  /**
   * Takes the claim if nobody holds a live one at `now`, or if it is the run's own. Returns the claimed
   * record, or `undefined` if another run holds the claim. Without an intent, the stored intent stays. A
   * claim with an intent but without `uncertainSends` is refused while a dead run's intent is stored, so that
   * this intent is not lost.
   */
  claim(claim: Claim): Promise<R | undefined>;
  /**
   * Stores the record without an intent. `false`: another run has taken the claim since, and nothing is
   * stored.
   */
  save(record: R, holder: Holder): Promise<boolean>;
}

/** Delay of the next send after the last uncertain one: at most four sends in any half hour. */
const REPEAT_AFTER: Millis[] = [30 * SECOND, 5 * MINUTE, 13 * MINUTE];

/** Counts the intent of a run that died under its claim as an uncertain send. */
export function addUnfinished<R extends Claimed>(record: R, now: Millis): R {
  if (record.intent === undefined || record.claimUntil > now) return record;
  const known = { ...record, uncertainSends: countUncertainSend(record.uncertainSends, record.intent) };
  delete known.intent;
  return known;
}

/** For a claim taken without an intent: the stored intent is that of a run that died. */
export function takeOver<R extends Claimed>(record: R): R {
  return addUnfinished({ ...record, claimUntil: 0 }, 0);
}

/** Counts one more send with an unknown outcome. */
export function countUncertainSend(
  uncertainSends: UncertainSends | undefined,
  intent: Intent,
): UncertainSends {
  return {
    firing: intent.firing || uncertainSends?.firing === true,
    count: (uncertainSends?.count ?? 0) + 1,
    lastAt: intent.at,
  };
}

/** How long to wait before a send whose predecessor may have arrived is repeated. */
export function getRepeatDelay(uncertainSends: UncertainSends | undefined, now: Millis): Millis {
  if (uncertainSends === undefined) return 0;
  const gap = REPEAT_AFTER[uncertainSends.count - 1] ?? Math.max(...REPEAT_AFTER);
  return Math.max(0, uncertainSends.lastAt + gap - now);
}
