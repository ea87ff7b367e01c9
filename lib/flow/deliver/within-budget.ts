import { type Budget, getTimeToSend } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';

type Clock = { now(): Millis };

/** A Slack channel whose calls all end in time to be recorded. A call without enough time does not start. */
export function limitSlack(clock: Clock, slack: SlackChannel, budget: Budget): SlackChannel {
  return {
    canEdit: slack.canEdit,
    post: (to, message) => sendInTime(clock, budget, (within) => slack.post(to, message, within)),
    update: (ref, message) => sendInTime(clock, budget, (within) => slack.update(ref, message, within)),
    reply: (ref, message, options) =>
      sendInTime(clock, budget, (within) => slack.reply(ref, message, options, within)),
  };
}

/** Like `limitSlack`. */
export function limitMail(clock: Clock, mail: MailChannel, budget: Budget): MailChannel {
  return { send: (message) => sendInTime(clock, budget, (within) => mail.send(message, within)) };
}

async function sendInTime(
  clock: Clock,
  budget: Budget,
  send: (withinMs: Millis) => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const withinMs = getTimeToSend(budget, clock.now());
  if (withinMs !== undefined) return send(withinMs);
  return {
    kind: 'retryable',
    reason: 'timeout',
    detail: 'no time was left for it in this run',
    unasked: true,
  };
}
