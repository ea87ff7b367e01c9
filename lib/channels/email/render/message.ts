import { mailDetail } from '../../../core/notice/document/detail-level.ts';
import { renderWhole } from '../../../core/notice/document/document.ts';
import type { NoticeDocument } from '../../../core/notice/document/document-types.ts';
import { trimToFit } from '../../../core/notice/document/trim-to-fit.ts';
import type { Notice } from '../../../core/notice/notice.ts';
import { formatState, listPlainLines, type PlainNotice } from '../../../core/notice/plain-notice.ts';
import type { MailMessage, MailPicture } from '../mail-client.ts';
import { type ChartPart, type ChartPictures, listCharts, noPictures } from './charts.ts';
import { createMailHeaders } from './headers.ts';
import { renderHtml } from './html.ts';
import { createMailIds, toIdPart } from './ids.ts';
import { type BaseSubject, formatSubject, getBaseSubject } from './subject.ts';
import { renderText } from './text.ts';

/** Gmail cuts off HTML after 102 KB, wherever that is. */
const MAX_HTML = 100_000;

/**
 * `domain` is the right side of the Message-IDs: the sender's own (`getMailDomain(SMTP_FROM)`). `baseSubject`
 * is that of the first mail about the incident to this destination; absent in the first mail itself.
 */
export type MailEnvelope = { to: string[]; domain: string; baseSubject?: BaseSubject };

/** What a mail shows, for its text, its HTML and its pictures alike. */
export function renderMailDocument(notice: Notice): NoticeDocument {
  return renderWhole(notice, mailDetail);
}

/** Parts that were made before: the document is rendered once for pictures and mail. */
type MailParts = { document?: NoticeDocument; pictures?: ChartPictures };

/**
 * The notice as a mail. All mails of an incident refer to one root id and end their subjects with the same
 * words. So mail clients group them, in whatever order they arrive and even if some are lost. docs/adr/0011.
 */
export function renderMail(
  notice: Notice,
  envelope: MailEnvelope,
  { document = renderMailDocument(notice), pictures = noPictures }: MailParts = {},
): MailMessage {
  const baseSubject = envelope.baseSubject ?? getBaseSubject(notice);
  const domain = toIdPart(envelope.domain);
  const incident = toIdPart(notice.incidentId);
  const embedded = new Map<ChartPart, MailPicture>();
  for (const [index, chart] of listCharts(document).entries()) {
    const png = pictures.get(index);
    if (png === undefined) continue;
    const contentId = `chart-${index + 1}.${incident}.${notice.seq}@${domain}`;
    embedded.set(chart, { contentId, fileName: `chart-${index + 1}.png`, png });
  }
  const contentIdOf = (chart: ChartPart) => embedded.get(chart)?.contentId;
  const html = (shorter: NoticeDocument, omitted: number) => renderHtml(shorter, contentIdOf, omitted);
  const shown = trimToFit(
    document,
    (shorter, omitted) => Buffer.byteLength(html(shorter, omitted)) <= MAX_HTML,
  );
  const shownPictures = listCharts(shown.document).flatMap((chart) => embedded.get(chart) ?? []);
  return {
    to: envelope.to,
    subject: formatSubject(notice, baseSubject),
    text: renderText(document),
    html: html(shown.document, shown.omitted),
    ...createMailIds(notice, envelope.domain),
    headers: createMailHeaders(notice, baseSubject, domain),
    pictures: shownPictures.length === 0 ? undefined : shownPictures,
  };
}

/** `ops@example.com` and `Ops <ops@example.com>` give `example.com`; anything else gives a reserved name. */
export function getMailDomain(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'first-responder.invalid';
}

/** Joins the conversation of the incident's other mails, with their subject if there is one. */
export function renderPlainNoticeToMail(
  notice: PlainNotice,
  why: string,
  { to, domain, baseSubject }: { to: string[]; domain: string; baseSubject: BaseSubject | undefined },
): MailMessage {
  return {
    to,
    subject: `[${formatState(notice)}] ${baseSubject?.words ?? notice.alertname}`,
    ...renderPlainMail(listPlainLines(notice, why)),
    ...createMailIds(notice, domain),
  };
}

/** The text and the simplest HTML of a mail made of lines. */
export function renderPlainMail(lines: string[]): Pick<MailMessage, 'text' | 'html'> {
  return { text: lines.join('\n'), html: plainHtml(lines) };
}

function plainHtml(lines: string[]): string {
  return lines
    .map((line) => `<p>${line.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}</p>`)
    .join('\n');
}
