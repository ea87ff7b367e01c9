import { type Budget, getTimeToSend } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';

type Clock = { now(): Millis };

/** A Slack channel whose calls all end in time for their record; one that cannot is not begun. */
export function limitSlack(clock: Clock, slack: SlackChannel, budget: Budget): SlackChannel {
  return {
    canEdit: slack.canEdit,
    post: (to, message) => inTime(clock, budget, (within) => slack.post(to, message, within)),
    update: (ref, message) => inTime(clock, budget, (within) => slack.update(ref, message, within)),
    reply: (ref, message, options) =>
      inTime(clock, budget, (within) => slack.reply(ref, message, options, within)),
  };
}

/** As `slackWithin`. */
export function limitMail(clock: Clock, mail: MailChannel, budget: Budget): MailChannel {
  return { send: (message) => inTime(clock, budget, (within) => mail.send(message, within)) };
}

async function inTime(
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
