import type { MailMessage, SlackMessage } from '../notice/notice.ts';
import type { Millis } from '../shared/time.ts';
import type { MessageRef, SendOutcome } from './delivery.ts';

/**
 * Slack, by bot token or by incoming webhook. Every call ends within `withinMs` (LONGEST_SEND when absent),
 * whatever the server does. The limit covers the whole call, not each silence.
 */
export interface SlackChannel {
  /** False with only an incoming webhook: no edits, no threads, no buttons. */
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

/** The whole mail is sent within `withinMs`, as with SlackChannel's calls. */
export interface MailChannel {
  send(mail: MailMessage, withinMs?: Millis): Promise<SendOutcome>;
}
