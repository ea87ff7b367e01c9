import { checkSlackBlocks } from '../../../infra/local/slack/check-slack-blocks.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';

/** Slack's reason to refuse one of these messages; `undefined` if it accepts them all. */
export function refusal(messages: SlackMessage[]): string | undefined {
  for (const { blocks } of messages) {
    const checked = checkSlackBlocks(blocks);
    if (checked.kind === 'problem') return checked.messages[0] ?? checked.error;
  }
  return undefined;
}
