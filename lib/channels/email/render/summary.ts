import {
  formatSummaryHeading,
  listSummaryLists,
  type MaintenanceSummary,
} from '../../../core/maintenance/summarize-maintenance.ts';
import { clip, toOneLine } from '../../../core/shared/plain-text.ts';
import type { MailMessage } from '../mail-client.ts';
import { escapeMarkup } from './markup.ts';
import { renderPlainMail } from './message.ts';

const MAX_SUBJECT = 180;

/** `id` is the maintenance's; `domain` is the right side of the Message-ID. */
export type SummaryEnvelope = { to: string[]; domain: string; id: string };

export function renderMailSummary(summary: MaintenanceSummary, envelope: SummaryEnvelope): MailMessage {
  const heading = formatSummaryHeading(summary);
  const lists = listSummaryLists(summary);
  const paragraphs = lists.map(
    ({ title, lines }) =>
      escapeMarkup`<p style="font-family:sans-serif"><b>${title}</b></p><ul style="font-family:sans-serif">${lines.map((line) => escapeMarkup`<li>${line}</li>`)}</ul>`,
  );
  return {
    to: envelope.to,
    subject: clip(toOneLine(`[MAINTENANCE OVER] ${summary.counts}`), MAX_SUBJECT),
    text: [
      heading,
      summary.about,
      ...lists.flatMap(({ title, lines }) => ['', `${title}:`, ...lines.map((line) => `- ${line}`)]),
    ].join('\n'),
    html: escapeMarkup`<p style="font-family:sans-serif"><b>${heading}</b></p><p style="font-family:sans-serif">${summary.about}</p>${paragraphs}`
      .html,
    messageId: createMessageId(envelope),
  };
}

export function renderPlainMailSummary(lines: string[], envelope: SummaryEnvelope): MailMessage {
  const { to } = envelope;
  return {
    to,
    subject: '[MAINTENANCE OVER]',
    ...renderPlainMail(lines),
    messageId: createMessageId(envelope),
  };
}

function createMessageId({ id, domain }: SummaryEnvelope): string {
  return `<maintenance.${id}@${domain}>`;
}
