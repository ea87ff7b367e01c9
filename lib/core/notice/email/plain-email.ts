import type { MailMessage } from '../message.ts';
import { type PlainNotice, plainLines, stateOf } from '../plain-notice.ts';
import { mailIds } from './email-ids.ts';
import type { SubjectStem } from './email-subject.ts';

/** In the conversation of the incident's other mails, with the subject that they have if there is one. */
export function plainNoticeToMail(
  notice: PlainNotice,
  why: string,
  { to, domain, stem }: { to: string[]; domain: string; stem: SubjectStem | undefined },
): MailMessage {
  return {
    to,
    subject: `[${stateOf(notice)}] ${stem?.words ?? notice.alertname}`,
    ...plainToMail(plainLines(notice, why)),
    ...mailIds(notice, domain),
  };
}

/** The texts of a mail of some lines, with the simplest HTML that shows them. */
export function plainToMail(lines: string[]): Pick<MailMessage, 'text' | 'html'> {
  return { text: lines.join('\n'), html: plainHtml(lines) };
}

function plainHtml(lines: string[]): string {
  return lines
    .map((line) => `<p>${line.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}</p>`)
    .join('\n');
}
