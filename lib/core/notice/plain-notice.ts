import { redact } from '../diagnosis/expressions/redact.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { clip, oneLine } from '../shared/plain-text.ts';
import { mailIds } from './email/email-ids.ts';
import type { SubjectStem } from './email/email-subject.ts';
import type { MailMessage, SlackMessage } from './message.ts';
import type { Notice } from './notice.ts';
import { lineToMrkdwn, mentionToMrkdwn } from './slack/slack-mrkdwn.ts';

/**
 * What goes out when a notice cannot be composed or rendered: severity, alertname, id and what failed. It is made of so
 * little that it cannot fail itself, because a page without its findings is better than none.
 */
export type PlainNotice = Pick<Notice, 'incidentId' | 'seq' | 'state' | 'severity' | 'alertname' | 'ping'> & {
  /** The incident's page, where there is one. */
  link?: string;
};

const MAX_ALERTNAME = 200;
const MAX_WHY = 200;
const MAX_LINE = 1_200;

export function plainNotice(
  incident: Incident,
  { seq, ping }: { seq: number; ping: boolean },
  publicUrl: string | undefined,
): PlainNotice {
  const { id, severity, alertname } = incident;
  return {
    incidentId: id,
    seq,
    state: isFiring(incident) ? 'firing' : 'resolved',
    severity,
    alertname: clip(oneLine(alertname), MAX_ALERTNAME) || 'unnamed alert',
    ping,
    ...(publicUrl === undefined ? {} : { link: `${publicUrl}/console/incidents/${id}` }),
  };
}

/** What `write` makes, or where it throws what `plain` makes of the reason; `failed` hears it for the log. */
export function writeOrPlain<T>(
  write: () => T,
  plain: (why: string) => T,
  failed: (error: unknown) => void,
): T {
  try {
    return write();
  } catch (error) {
    failed(error);
    return plain(reasonOf(error));
  }
}

/** Why something could not be written, on one line for people. */
export function reasonOf(error: unknown): string {
  return (
    clip(redact(oneLine(error instanceof Error ? error.message : String(error))), MAX_WHY) ||
    'no reason given'
  );
}

/** Text alone: Slack has nothing to refuse in it. The mentions interrupt as those of the whole notice would. */
export function plainNoticeToSlack(notice: PlainNotice, why: string, mentions: string[]): SlackMessage {
  const called = notice.ping && notice.state === 'firing' ? mentions : [];
  const { text, blocks } = plainToSlack(plainLines(notice, why));
  return { text: [...called.map(mentionToMrkdwn), text].join(' '), blocks };
}

/** Lines as a message of text alone. */
export function plainToSlack(lines: string[]): SlackMessage {
  return { text: lines.map((line) => lineToMrkdwn([line], MAX_LINE)).join('\n'), blocks: [] };
}

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

function plainLines(notice: PlainNotice, why: string): string[] {
  return [
    `${stateOf(notice)}  ${notice.alertname}`,
    `Incident ${notice.incidentId}${notice.link === undefined ? '' : ` ${notice.link}`}`,
    `This notice could not be written out in full: ${why}`,
  ];
}

function stateOf({ state, severity }: PlainNotice): string {
  return state === 'resolved' ? 'RESOLVED' : severity.toUpperCase();
}
