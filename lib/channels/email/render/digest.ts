import { hashSha256 } from '../../../core/shared/hash.ts';
import { formatUtc } from '../../../core/shared/time.ts';
import { countWords, type Digest, listPlainDigestLines, writeDigest } from '../../../core/storm/digest.ts';
import type { MailMessage } from '../mail-client.ts';
import { renderHtml } from './html.ts';
import { renderPlainMail } from './message.ts';
import { renderText } from './text.ts';

/**
 * `place` tells apart the digests of different recipients; `domain` is the right side of the Message-IDs.
 */
export type DigestEnvelope = { to: string[]; place: string; domain: string };

/**
 * The digest as a mail. All mails of one storm are one conversation, so only the subject's brackets change.
 */
export function renderMailDigest(digest: Digest, { to, place, domain }: DigestEnvelope): MailMessage {
  const document = writeDigest(digest);
  return {
    to,
    subject: `[${digest.closedAt === undefined ? 'STORM' : 'STORM OVER'}] [${countWords(digest.entries)}] Many incidents since ${formatUtc(digest.startedAt)}`,
    text: renderText(document),
    // A digest has no charts.
    html: renderHtml(document, () => undefined, 0),
    ...createDigestIds(digest, place, domain),
  };
}

export function renderPlainMailDigest(
  digest: Digest,
  { to, place, domain }: DigestEnvelope,
  why: string,
): MailMessage {
  const lines = listPlainDigestLines(digest, why);
  const [subject = 'STORM'] = lines;
  return { to, subject, ...renderPlainMail(lines), ...createDigestIds(digest, place, domain) };
}

function createDigestIds({ startedAt, now }: Digest, place: string, domain: string) {
  const storm = `storm.${startedAt}.${hashSha256(place, 12)}`;
  const root = `<${storm}@${domain}>`;
  return { messageId: `<${storm}.${now}@${domain}>`, inReplyTo: root, references: [root] };
}
