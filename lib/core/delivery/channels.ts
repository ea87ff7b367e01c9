import type { MailMessage, SlackMessage } from '../notice/message.ts';
import type { MessageRef, SendOutcome } from './delivery.ts';

/** Slack, by bot token or by incoming webhook. */
export interface SlackChannel {
  /** False with an incoming webhook only: no edit, no thread, no buttons. */
  readonly canEdit: boolean;
  post(to: string, message: SlackMessage): Promise<SendOutcome>;
  update(ref: MessageRef, message: SlackMessage): Promise<SendOutcome>;
  reply(ref: MessageRef, message: SlackMessage, options: { broadcast: boolean }): Promise<SendOutcome>;
}

export interface MailChannel {
  send(mail: MailMessage): Promise<SendOutcome>;
}
