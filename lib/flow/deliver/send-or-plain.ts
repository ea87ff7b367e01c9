import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { Notice, SlackMessage } from '../../core/notice/notice.ts';
import { renderPlainNoticeToSlack, renderPlainSlackMessage } from '../../core/notice/slack/slack-message.ts';
import { type PreparedNotice, renderNotice } from './render-notice.ts';

export function toSlackMessage(
  notice: PreparedNotice,
  mentions: string[],
  render: (notice: Notice, mentions: string[]) => SlackMessage,
): SlackMessage {
  return renderNotice(
    notice,
    (composed) => render(composed, mentions),
    (plain, why) => renderPlainNoticeToSlack(plain, why, mentions),
  );
}

/**
 * Sends a message. If Slack refuses its blocks, sends its one line of text instead. A page without findings
 * is better than none.
 */
export async function sendOrPlain(
  message: SlackMessage,
  notice: PreparedNotice,
  mentions: string[],
  send: (message: SlackMessage) => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const outcome = await send(message);
  if (outcome.kind !== 'permanent' || outcome.reason !== 'rejected') return outcome;
  return send(renderPlainSlackMessage(message, notice.plain, mentions));
}
