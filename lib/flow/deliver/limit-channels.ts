import type { Budget } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import type { Abilities } from '../../core/delivery/decide.ts';
import { createNotConfigured, type DeliverMessage } from '../../core/delivery/delivery.ts';
import { type Caller, type RateLimitPorts, rateLimitSlack } from './rate-limit-slack.ts';
import type { Delivering } from './record-delivery.ts';
import { limitMail, limitSlack } from './within-budget.ts';

export type ChannelPorts = RateLimitPorts & {
  /** Absent: that channel is not configured. */
  slack?: SlackChannel;
  mail?: MailChannel;
};

export const slackNotConfigured = createNotConfigured('neither SLACK_BOT_TOKEN nor SLACK_WEBHOOK_URL is set');

/** The channels for one run: within its budget, and with Slack rate-limited. */
export function limitChannels(
  ports: ChannelPorts,
  { message, attempt }: Delivering,
  budget: Budget,
  rateLimited: Pick<Caller, 'rank' | 'editRank' | 'slots'>,
) {
  const { slack, mail, clock } = ports;
  const caller = { bucket: message.target.destination, key: message.key, attempt, ...rateLimited };
  return {
    mail: mail && limitMail(clock, mail, budget),
    // The wait for a slot also counts against the budget.
    slack: slack && rateLimitSlack(ports, limitSlack(clock, slack, budget), caller),
  };
}

export function getAbilities({ slack }: ChannelPorts, { target }: DeliverMessage): Abilities {
  if (target.channel === 'email') return 'mails';
  return slack?.canEdit === false ? 'posts' : 'edits';
}
