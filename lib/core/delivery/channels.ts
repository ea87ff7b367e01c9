import type { MailMessage, SlackMessage } from '../notice/notice.ts';
import type { Millis } from '../shared/time.ts';
import type { MessageRef, SendOutcome } from './delivery.ts';

/**
 * Slack, by bot token or by incoming webhook. Every call is over within `withinMs`, LONGEST_SEND when absent, whatever
 * the server does: the whole of it, not each silence.
 */
export interface SlackChannel {
  /** False with an incoming webhook only: no edit, no thread, no buttons. */
  readonly canEdit: boolean;
  post(to: string, message: SlackMessage, withinMs?: Millis): Promise<SendOutcome>;
  update(ref: MessageRef, message: SlackMessage, withinMs?: Millis): Promise<SendOutcome>;
  reply(
    ref: MessageRef,
    message: SlackMessage,
    options: { broadcast: boolean },
    withinMs?: Millis,
  ): Promise<SendOutcome>;
}

/** As SlackChannel's calls: the whole of a mail is over within `withinMs`. */
export interface MailChannel {
  send(mail: MailMessage, withinMs?: Millis): Promise<SendOutcome>;
}
