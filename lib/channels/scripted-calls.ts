import { LONGEST_SEND } from '../core/delivery/budget.ts';
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

export type ScriptedCalls<Call> = {
  /** Every call made, failed ones included. */
  readonly calls: Call[];
  /** Queues the outcomes of the next calls, first in first out; afterwards calls succeed again. */
  script: (...next: Scripted[]) => void;
  /** Forgets what was scripted. */
  recover: () => void;
};

/** The calls that a fake meets. `answer` records one and gives it the outcome scripted next; without one, `act` happens. */
export function createScriptedCalls<Call>(pause?: Pause): ScriptedCalls<Call> & {
  answer: (call: Call, within: Millis | undefined, act: () => SendOutcome) => Promise<SendOutcome>;
} {
  const calls: Call[] = [];
  const scripted: Scripted[] = [];
  return {
    calls,
    script: (...next) => void scripted.push(...next),
    recover: () => void scripted.splice(0),
    async answer(call, within = LONGEST_SEND, act) {
      calls.push(call);
      return meet(scripted.shift(), async () => pause?.(within), act);
    },
  };
}

async function meet(
  next: Scripted | undefined,
  wait: () => Promise<void>,
  act: () => SendOutcome,
): Promise<SendOutcome> {
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
