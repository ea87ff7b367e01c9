import { type Millis, SECOND } from '../shared/time.ts';

/** When the parts of one run have to be over. The function that it runs in is ended after 30 s. */
export type Budget = {
  claimUntil: Millis;
  recordUntil: Millis;
};

const CLAIM_WITHIN = 5 * SECOND;
const RECORD_WITHIN = 25 * SECOND;

export function budgetFrom(startedAt: Millis): Budget {
  return {
    claimUntil: startedAt + CLAIM_WITHIN,
    recordUntil: startedAt + RECORD_WITHIN,
  };
}
