import type { Channel, Rendered, Sending, SendResult } from '../../core/channel/channel.ts';
import type { MessageRef, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Target } from '../../core/routing/target.ts';

/** Sends a message of its own, in its simpler form if the server refuses it: a page without findings is one. */
export async function sendRendered(
  channel: Channel,
  { body, simpler }: Rendered<unknown>,
  to: Target,
  sending: Sending<unknown>,
): Promise<SendResult<unknown>> {
  const result = await channel.send(body, to, sending);
  return simpler !== undefined && isRefused(result.outcome) ? channel.send(simpler, to, sending) : result;
}

/** Answers a message, as `sendRendered` sends one. */
export async function replyRendered(
  channel: Channel,
  ref: MessageRef,
  { body, simpler }: Rendered<unknown>,
  options: { broadcast: boolean },
): Promise<SendOutcome> {
  const outcome = await channel.reply(ref, body, options);
  return simpler !== undefined && isRefused(outcome) ? channel.reply(ref, simpler, options) : outcome;
}

/** Edits a message, as `sendRendered` sends one. */
export async function editRendered(
  channel: Channel,
  ref: MessageRef,
  { body, simpler }: Rendered<unknown>,
): Promise<SendOutcome> {
  const outcome = await channel.edit(ref, body);
  return simpler !== undefined && isRefused(outcome) ? channel.edit(ref, simpler) : outcome;
}

/** Whether the server refuses what the message is made of, and would take another form of it. */
export function isRefused(outcome: SendOutcome): boolean {
  return outcome.kind === 'permanent' && outcome.reason === 'rejected';
}
