import { documentToHtml } from '../notice/email-html.ts';
import { documentToText } from '../notice/email-text.ts';
import type { MailMessage, SlackMessage } from '../notice/message.ts';
import { slackBlocks } from '../notice/slack-blocks.ts';
import { lineToMrkdwn } from '../notice/slack-mrkdwn.ts';
import { sha256Hex } from '../shared/hash.ts';
import { utcWords } from '../shared/utc-words.ts';
import { countWords, type Digest, writeDigest } from './write-digest.ts';

const MAX_PREVIEW = 300;

/** The digest for Slack, within its limits however many incidents it holds. It mentions nobody. */
export function renderSlackDigest(digest: Digest): SlackMessage {
  const document = writeDigest(digest);
  return { text: lineToMrkdwn([document.preview], MAX_PREVIEW), blocks: slackBlocks(document, []) };
}

/** A digest has no charts. */
function noPictures(): undefined {
  return undefined;
}

/** The digest as a mail: the mails of one storm are one conversation, so only brackets change in their subject. */
export function renderMailDigest(digest: Digest, to: string[], place: string, domain: string): MailMessage {
  const document = writeDigest(digest);
  const storm = `storm.${digest.startedAt}.${sha256Hex(place, 12)}`;
  const root = `<${storm}@${domain}>`;
  return {
    to,
    subject: `[${digest.closedAt === undefined ? 'STORM' : 'STORM OVER'}] [${countWords(digest.entries)}] Many incidents since ${utcWords(digest.startedAt)}`,
    text: documentToText(document),
    html: documentToHtml(document, noPictures, 0),
    messageId: `<${storm}.${digest.now}@${domain}>`,
    inReplyTo: root,
    references: [root],
  };
}
