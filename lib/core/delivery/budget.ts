import { type Millis, SECOND } from '../shared/time.ts';

/** Deadlines for the parts of one run. The function is stopped after 30 s. */
export type Budget = { claimUntil: Millis; sendUntil: Millis; recordUntil: Millis };

const CLAIM_WITHIN = 5 * SECOND;
const SEND_WITHIN = 20 * SECOND;
const RECORD_WITHIN = 25 * SECOND;

/** The longest that one send may take, including all its calls. */
export const LONGEST_SEND: Millis = 15 * SECOND;

/** A send with less time than this does not start: it would be cut off with an unknown outcome. */
const SHORTEST_SEND = 2 * SECOND;

export function startBudget(startedAt: Millis): Budget {
  return {
    claimUntil: startedAt + CLAIM_WITHIN,
    sendUntil: startedAt + SEND_WITHIN,
    recordUntil: startedAt + RECORD_WITHIN,
  };
}

/** How long a send that starts now may take; `undefined` if too little time is left. */
export function getTimeToSend({ sendUntil }: Budget, now: Millis): Millis | undefined {
  const left = sendUntil - now;
  return left < SHORTEST_SEND ? undefined : Math.min(LONGEST_SEND, left);
}
