import { documentToHtml } from './email-html.ts';
import { documentToText } from './email-text.ts';
import { headline, leftOverWords, newsWords } from './headline.ts';
import type { MailMessage } from './message.ts';
import type { Notice } from './notice.ts';
import { clip, oneLine } from './plain-text.ts';
import { durationWords } from './time-words.ts';
import { writeWhole } from './write-document.ts';

const MAX_SUBJECT = 180;

/** `domain` is the right side of the Message-IDs: the sender's own (`mailDomain(SMTP_FROM)`). */
export type MailEnvelope = { to: string[]; domain: string };

/**
 * The notice as a mail. Its Message-ID depends only on incident and version, so a mail sent again after a lost
 * answer is the same mail. Every mail refers to one root id of the incident, which no mail carries itself:
 * clients make one conversation of them whichever of them arrived, and in whatever order.
 */
export function renderMail(notice: Notice, envelope: MailEnvelope): MailMessage {
  const document = writeWhole(notice);
  const incident = idPart(notice.incidentId);
  const root = `<${incident}@${idPart(envelope.domain)}>`;
  return {
    to: envelope.to,
    subject: subject(notice),
    text: documentToText(document),
    html: documentToHtml(document),
    messageId: `<${incident}.${notice.seq}@${idPart(envelope.domain)}>`,
    inReplyTo: root,
    references: [root],
  };
}

/** `ops@example.com` and `Ops <ops@example.com>` give `example.com`; anything else a reserved name. */
export function mailDomain(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'first-responder.invalid';
}

/** Enough on a lock screen: `[CRITICAL] AgentDown - 12 alerts (technical-agent, … +11) - escalated to L2`. */
function subject(notice: Notice): string {
  const resolved = notice.state === 'resolved';
  const after = `after ${durationWords((notice.resolvedAt ?? notice.at) - notice.openedAt)}`;
  const news = resolved ? [after, leftOverWords(notice)].filter(Boolean).join(', ') : newsWords(notice);
  const state = resolved ? 'RESOLVED' : notice.severity.toUpperCase();
  return clip(oneLine(`[${state}] ${clip(headline(notice), 140)}${news ? ` - ${news}` : ''}`), MAX_SUBJECT);
}

/** What RFC 5322 allows in an id without quoting. */
function idPart(raw: string): string {
  return (
    raw
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+|[.-]+$/g, '')
      .replace(/\.{2,}/g, '.') || 'incident'
  );
}
