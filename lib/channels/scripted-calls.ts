import type { SendOutcome } from '../core/delivery/delivery.ts';
import type { Millis } from '../core/shared/time.ts';

// What the channels' fakes share.

export type Pause = (ms: Millis) => Promise<void>;

/**
 * The outcome of the next call. A given outcome is returned and nothing happens; `lost-answer` sends the message and
 * then throws, like a crash between Slack's answer and our record; `hang` takes all its allowed time; an
 * Error is thrown before anything happens.
 */
export type Scripted = SendOutcome | 'lost-answer' | 'hang' | Error;

const noAnswer: SendOutcome = {
  kind: 'retryable',
  reason: 'timeout',
  detail: 'no answer in time',
  mayHaveArrived: true,
};

/** Meets what is scripted next; without it, `act` happens. */
export async function meet(
  scripted: Scripted[],
  wait: () => Promise<void>,
  act: () => SendOutcome,
): Promise<SendOutcome> {
  const next = scripted.shift();
  if (next === undefined) return act();
  if (next === 'hang') {
    await wait();
    return noAnswer;
  }
  if (next instanceof Error) throw next;
  if (next === 'lost-answer') {
    act();
    throw new Error('the answer was lost after the message had been taken');
  }
  return next;
}
