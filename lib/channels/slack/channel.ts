import { type Channel, type Piece, type PlainPiece, type Rendered } from '../../core/channel/channel.ts';
import { createNotConfigured } from '../../core/delivery/delivery.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { Target } from '../../core/routing/target.ts';
import { SECOND } from '../../core/shared/time.ts';
import { listSlackBuckets, type SlackRateLimit, slackRateLimit } from './rate-limit.ts';
import { renderPlainSlackDigest, renderSlackDigest } from './render/digest.ts';
import {
  renderPlainNoticeToSlack,
  renderPlainSlack,
  renderPlainSlackMessage,
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
  renderSlackUserAction,
  renderSlackWebhook,
} from './render/message.ts';
import { renderSlackSummary } from './render/summary.ts';
import { createSlackRoutes } from './routes.ts';
import type { SlackClient, SlackMessage } from './slack-client.ts';

type SlackChannelOptions = {
  /** Absent: Slack is not configured. */
  client?: SlackClient | undefined;
  rateLimit?: SlackRateLimit;
};

/**
 * Slack. By bot token an incident has one message in each channel, edited in place, with the news in its thread; by
 * incoming webhook each notice is a message of its own.
 */
export function createSlackChannel({
  client,
  rateLimit = slackRateLimit,
}: SlackChannelOptions): Channel<SlackMessage> {
  const canEdit = client?.canEdit ?? true;
  const notConfigured = createNotConfigured('neither SLACK_BOT_TOKEN nor SLACK_WEBHOOK_URL is set');
  const access = client === undefined ? 'none' : canEdit ? 'bot' : 'webhook';
  return {
    ...createSlackRoutes(access),
    abilities: {
      edit: canEdit,
      thread: canEdit,
      actions: canEdit,
      skipsQuiet: 'an incoming webhook cannot edit, and this is not worth a message of its own',
    },
    failureWords: {
      who: 'Slack',
      prefix: /^Slack( webhook)?: /,
      paused: 'Slack: 429, and it wants to be left alone',
    },
    digestTiming: canEdit ? { first: 0, between: 5 * SECOND } : { first: 5 * SECOND, between: 45 * SECOND },
    render: async (piece, to) => render(piece, to, canEdit ? renderSlackRoot : renderSlackWebhook),
    renderPlain,
    async send(message, to, { withinMs }) {
      return { outcome: client ? await client.post(String(to.to), message, withinMs) : notConfigured };
    },
    edit: async (ref, message, withinMs) => (client ? client.update(ref, message, withinMs) : notConfigured),
    reply: async (ref, message, { broadcast, withinMs }) =>
      client ? client.reply(ref, message, { broadcast }, withinMs) : notConfigured,
    listBuckets: (operation, destination) => listSlackBuckets(rateLimit, operation, destination),
  };
}

function render(
  piece: Piece,
  { mentions = [] }: Target,
  renderOwn: (notice: Notice, mentions: string[]) => SlackMessage,
): Rendered<SlackMessage> | undefined {
  switch (piece.kind) {
    case 'root':
      return withPlain(renderOwn(piece.notice, mentions), piece.notice, mentions);
    case 'reply':
      return withPlain(renderSlackReply(piece.notice, mentions), piece.notice, mentions);
    case 'details': {
      const details = renderSlackDetails(piece.notice);
      return details && withPlain(details, piece.notice, []);
    }
    case 'action': {
      const line = renderSlackUserAction(piece.action, piece.others);
      return { body: line, simpler: { text: line.text, blocks: [] } };
    }
    case 'digest':
      return {
        body: renderSlackDigest(piece.digest),
        simpler: renderPlainSlackDigest(piece.digest, 'Slack did not accept it'),
      };
    case 'summary': {
      const summary = renderSlackSummary(piece.summary);
      return { body: summary, simpler: { text: summary.text, blocks: [] } };
    }
  }
}

/** If Slack refuses the blocks, the line of its preview is sent: a page without findings is better than none. */
function withPlain(body: SlackMessage, notice: Notice, mentions: string[]): Rendered<SlackMessage> {
  return { body, simpler: renderPlainSlackMessage(body, notice, mentions) };
}

function renderPlain(piece: PlainPiece, { mentions = [] }: Target): Rendered<SlackMessage> {
  switch (piece.kind) {
    case 'notice':
      return { body: renderPlainNoticeToSlack(piece.notice, piece.why, mentions) };
    case 'digest':
      return { body: renderPlainSlackDigest(piece.digest, piece.why) };
    case 'summary':
      return { body: renderPlainSlack(piece.lines) };
  }
}
