import { MINUTE, type Millis, SECOND } from '../shared/time.ts';

/** What a run is about to put before people, kept with its claim: if the run dies, it is all that is known of it. */
export type Intent = {
  /** Of the message that is delivered, and the version that it speaks of. */
  key: string;
  seq: number;
  /** Whether it says that something fires. */
  firing: boolean;
  at: Millis;
};

/** Sends of which nobody knows whether people have them, since the last one that people do have. */
export type UncertainSends = {
  /** Whether one of them said that something fires. */
  firing: boolean;
  count: number;
  lastAt: Millis;
};

/** What every item has that one run at a time may work on. */
export type Claimed = {
  /** Until when a run has it; 0 when none has. */
  claimUntil: Millis;
  /** Which run that is. */
  claimOwner?: string;
  intent?: Intent;
  uncertainSends?: UncertainSends;
};

/** `owner` is one run's own word, so that a claim whose answer was lost is known again as its own. */
export type Claim = {
  owner: string;
  now: Millis;
  until: Millis;
  intent?: Intent;
  uncertainSends?: UncertainSends;
};

/** The claim under which a record is saved; `until` 0 gives it back. */
export type Holder = { owner: string; until: Millis };

/** One item, as the run sees it that wants to work on it. */
export interface ClaimedItem<R extends Claimed> {
  /**
   * Takes the claim when none is live at `now`, or its own is. The record as it is under the claim; `undefined`:
   * another run has it. Without an intent the one that stands there is left; with one but without a doubt the claim is
   * refused as well where a run that died has left its own, so that it is not forgotten.
   */
  claim(claim: Claim): Promise<R | undefined>;
  /** Stores the record without an intent. `false`: another run has taken the claim since, and nothing is stored. */
  save(record: R, holder: Holder): Promise<boolean>;
}

/** How long after the last doubtful send the next one leaves: at most four in any half hour. */
const REPEAT_AFTER: Millis[] = [30 * SECOND, 5 * MINUTE, 13 * MINUTE];

/** The record with what a run that died under its claim may have told. */
export function addUnfinished<R extends Claimed>(record: R, now: Millis): R {
  if (record.intent === undefined || record.claimUntil > now) return record;
  const known = { ...record, uncertainSends: countUncertainSend(record.uncertainSends, record.intent) };
  delete known.intent;
  return known;
}

/** The record under a claim that was taken without an intent: what stands there is of a run that died. */
export function takeOver<R extends Claimed>(record: R): R {
  return addUnfinished({ ...record, claimUntil: 0 }, 0);
}

/** One more send of which nobody knows whether people have it. */
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

/** How long what may be there already is not sent again. */
export function getRepeatDelay(uncertainSends: UncertainSends | undefined, now: Millis): Millis {
  if (uncertainSends === undefined) return 0;
  const gap = REPEAT_AFTER[uncertainSends.count - 1] ?? Math.max(...REPEAT_AFTER);
  return Math.max(0, uncertainSends.lastAt + gap - now);
}
