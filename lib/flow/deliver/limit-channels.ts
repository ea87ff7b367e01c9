import type { Budget } from '../../core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../core/delivery/channels.ts';
import type { Abilities } from '../../core/delivery/decide.ts';
import { type DeliverMessage, notConfigured } from '../../core/delivery/delivery.ts';
import { type Caller, type PacePorts, paceSlack } from './rate-limit-slack.ts';
import type { Delivering } from './record-delivery.ts';
import { mailWithin, slackWithin } from './within-budget.ts';

export type ChannelPorts = PacePorts & {
  /** Absent: that channel is not configured. */
  slack?: SlackChannel;
  mail?: MailChannel;
};

export const noSlack = notConfigured('neither SLACK_BOT_TOKEN nor SLACK_WEBHOOK_URL is set');

/** The channels for one run: within its budget, and Slack in its turn. */
export function pacedChannels(
  ports: ChannelPorts,
  { message, attempt }: Delivering,
  budget: Budget,
  paced: Pick<Caller, 'rank' | 'editRank' | 'slots'>,
) {
  const { slack, mail, clock } = ports;
  const caller = { lane: message.target.destination, key: message.key, attempt, ...paced };
  return {
    mail: mail && mailWithin(clock, mail, budget),
    // The time that it waits for its turn is taken off as well.
    slack: slack && paceSlack(ports, slackWithin(clock, slack, budget), caller),
  };
}

export function abilitiesOf({ slack }: ChannelPorts, { target }: DeliverMessage): Abilities {
  if (target.channel === 'email') return 'mails';
  return slack?.canEdit === false ? 'posts' : 'edits';
}
