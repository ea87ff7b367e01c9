import { type Millis, SECOND } from '../shared/time.ts';

/** When the parts of one run have to be over. The function that it runs in is ended after 30 s. */
export type Budget = { claimUntil: Millis; sendUntil: Millis; recordUntil: Millis };

const CLAIM_WITHIN = 5 * SECOND;
const SEND_WITHIN = 20 * SECOND;
const RECORD_WITHIN = 25 * SECOND;

/** The longest that one send may take, whatever it is made of. */
export const LONGEST_SEND: Millis = 15 * SECOND;

/** A send that has less than this is not begun: it would only be cut off, and nobody would know what came of it. */
const SHORTEST_SEND = 2 * SECOND;

export function startBudget(startedAt: Millis): Budget {
  return {
    claimUntil: startedAt + CLAIM_WITHIN,
    sendUntil: startedAt + SEND_WITHIN,
    recordUntil: startedAt + RECORD_WITHIN,
  };
}

/** How long a send may take that begins now; `undefined`: there is no time left for one. */
export function getTimeToSend({ sendUntil }: Budget, now: Millis): Millis | undefined {
  const left = sendUntil - now;
  return left < SHORTEST_SEND ? undefined : Math.min(LONGEST_SEND, left);
}
