import { renderHtml } from '../notice/email/email-html.ts';
import { renderPlainMail } from '../notice/email/email-message.ts';
import { renderText } from '../notice/email/email-text.ts';
import type { MailMessage, SlackMessage } from '../notice/notice.ts';
import { renderBlocks } from '../notice/slack/slack-blocks.ts';
import { renderPlainSlack } from '../notice/slack/slack-message.ts';
import { renderLine } from '../notice/slack/slack-mrkdwn.ts';
import { hashSha256 } from '../shared/hash.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { formatUtc } from '../shared/time.ts';
import { countWords, type Digest, writeDigest } from './digest.ts';

const MAX_PREVIEW = 300;
const MAX_PLAIN = 20;
const MAX_ENTRY = 300;

/** The digest for Slack, within its limits however many incidents it holds. It mentions nobody. */
export function renderSlackDigest(digest: Digest): SlackMessage {
  const document = writeDigest(digest);
  return { text: renderLine([document.preview], MAX_PREVIEW), blocks: renderBlocks(document, []) };
}

/** A digest has no charts. */
function noPictures(): undefined {
  return undefined;
}

/**
 * The digest as a mail. All mails of one storm are one conversation, so only the subject's brackets change.
 */
export function renderMailDigest(digest: Digest, to: string[], place: string, domain: string): MailMessage {
  const document = writeDigest(digest);
  return {
    to,
    subject: `[${digest.closedAt === undefined ? 'STORM' : 'STORM OVER'}] [${countWords(digest.entries)}] Many incidents since ${formatUtc(digest.startedAt)}`,
    text: renderText(document),
    html: renderHtml(document, noPictures, 0),
    ...digestIds(digest, place, domain),
  };
}

/** For a digest that cannot be rendered: as many of its incidents as fit, and the error. */
export function renderPlainSlackDigest(digest: Digest, why: string): SlackMessage {
  return renderPlainSlack(plainLines(digest, why));
}

export function renderPlainMailDigest(
  digest: Digest,
  to: string[],
  place: string,
  domain: string,
  why: string,
): MailMessage {
  const [subject = 'STORM'] = plainLines(digest, why);
  return { to, subject, ...renderPlainMail(plainLines(digest, why)), ...digestIds(digest, place, domain) };
}

function plainLines({ closedAt, entries, publicUrl }: Digest, why: string): string[] {
  const more = entries.length - MAX_PLAIN;
  return [
    `[${closedAt === undefined ? 'STORM' : 'STORM OVER'}] ${entries.length} incidents`,
    ...entries
      .slice(0, MAX_PLAIN)
      .map(({ severity, alertname, incidentId }) =>
        clip(toOneLine([severity, alertname, incidentId].join(' ')), MAX_ENTRY),
      ),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(publicUrl === undefined ? [] : [`All that is open: ${publicUrl}/console`]),
    `This digest could not be written out in full: ${why}`,
  ];
}

function digestIds({ startedAt, now }: Digest, place: string, domain: string) {
  const storm = `storm.${startedAt}.${hashSha256(place, 12)}`;
  const root = `<${storm}@${domain}>`;
  return { messageId: `<${storm}.${now}@${domain}>`, inReplyTo: root, references: [root] };
}
