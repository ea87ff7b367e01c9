import type { MessageRef, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';

/** A rendered Slack message; `blocks` are Block Kit objects, `text` is the notification preview. */
export type SlackMessage = { text: string; blocks: Record<string, unknown>[] };

/**
 * Slack, by bot token or by incoming webhook. Every call ends within `withinMs` (LONGEST_SEND when absent),
 * whatever the server does. The limit covers the whole call, not each silence.
 */
export interface SlackClient {
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
