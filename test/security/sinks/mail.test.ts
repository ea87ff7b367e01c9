import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { LocalMail } from '../../../infra/local/mail/read-mail.ts';
import { type LocalSmtp, startLocalSmtp } from '../../../infra/local/mail/smtp.ts';
import { createSmtpClient } from '../../../lib/channels/email/client/smtp-client.ts';
import type { MailMessage } from '../../../lib/channels/email/mail-client.ts';
import { renderMail, renderPlainNoticeToMail } from '../../../lib/channels/email/render/message.ts';
import { describeError, toPlainNotice } from '../../../lib/core/notice/plain-notice.ts';
import { storedIncident } from '../../support/factories/stored-incident.ts';
import { findEscapes } from '../payloads/find-escapes.ts';
import { HARMLESS, shownWords } from '../payloads/harmless.ts';
import { hostileNotice } from '../payloads/hostile-notice.ts';
import { type Payload, payloads } from '../payloads/payloads.ts';

// Sent by SMTP to a server, and read as a mail client reads the source that arrived.

const envelope = { to: ['ops@example.com'], domain: 'example.com' };
const RECIPIENTS = ['ops@example.com'];

let smtp: LocalSmtp;
let client: ReturnType<typeof createSmtpClient>;

beforeAll(async () => {
  smtp = await startLocalSmtp();
  client = createSmtpClient({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
});
afterEach(() => smtp.clear());
afterAll(() => smtp.close());

/** Mails on their way at once: each waits for the answers of the server. */
const AT_ONCE = 25;

/** Each text with the mail that arrived for it, in their order. */
async function sendAll(texts: string[], mailOf: (text: string, id: string) => MailMessage): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    smtp.clear();
    const messages = texts
      .slice(at, at + AT_ONCE)
      .map((text, index) => ({ text, message: mailOf(text, `4f1d2c3b5a697887.${at + index + 1}`) }));
    const outcomes = await Promise.all(messages.map(({ message }) => client.send(message)));
    const mails = new Map(smtp.mails().map((mail) => [mail.messageId, mail]));
    expect(outcomes.filter(({ kind }) => kind !== 'delivered')).toEqual([]);
    expect(smtp.mails()).toHaveLength(messages.length);
    for (const { text, message } of messages) {
      const mail = mails.get(message.messageId);
      if (mail === undefined) throw new Error(`no mail arrived for ${JSON.stringify(text.slice(0, 80))}`);
      sent.push({ text, message, mail });
    }
  }
  return sent;
}

type Sent = { text: string; message: MailMessage; mail: LocalMail };

function mailOf(text: string, incidentId: string): MailMessage {
  return renderMail({ ...hostileNotice(text), incidentId }, envelope);
}

/** Looks at each payload's mail; the harmless one, sent first, says what a mail has. */
async function compare(
  chosen: readonly Payload[],
  message: (text: string, id: string) => MailMessage,
  check: (sent: Sent, harmless: LocalMail) => void,
): Promise<string[]> {
  const [first, ...sent] = await sendAll([HARMLESS, ...chosen.map(({ text }) => text)], message);
  if (first === undefined) throw new Error('nothing was sent');
  const byText = new Map(sent.map((each) => [each.text, each]));
  return findEscapes((text) => {
    const found = byText.get(text);
    if (found !== undefined) check(found, first.mail);
  }, chosen);
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

/** RFC 5322, 2.1.1: a line has at most 998 characters; a folded one goes on with white space. */
function expectHeaders(mail: LocalMail, harmless: LocalMail): void {
  const names = (each: LocalMail) => each.headerLines.map(nameOf).toSorted();
  expect(names(mail)).toEqual(names(harmless));
  for (const line of mail.headerLines.flatMap((each) => each.split('\r\n'))) {
    expect(line).toMatch(/^[\t\x20-\x7e]{1,998}$/);
  }
}

it('mail: no text adds a header, a recipient or a part, or leaves its line', async () => {
  const escapes = await compare(payloads, mailOf, ({ text, message, mail }, harmless) => {
    expectHeaders(mail, harmless);
    expect([mail.to, mail.recipients]).toEqual([RECIPIENTS, RECIPIENTS]);
    expect(mail.subject).toBe(message.subject);
    expect(mail.attachments).toEqual([]);
    expect(linesOf(mail).length).toBeLessThanOrEqual(linesOf(harmless).length);
    const words = shownWords(text);
    if (words !== undefined) expect(mail.text).toContain(words);
  });

  expect(escapes).toEqual([]);
});

it('mail: the plain notice, sent when rendering fails, is as safe', async () => {
  const plainOf = (text: string, id: string) => {
    const [key = '', episode] = id.split('.');
    const incident = storedIncident({ alertname: text, key, episode: Number(episode) });
    const notice = toPlainNotice(incident, { seq: 1, ping: true }, undefined);
    return renderPlainNoticeToMail(notice, describeError(new Error(text)), {
      ...envelope,
      baseSubject: undefined,
    });
  };
  const aboutHeaders = payloads.filter(({ family }) => ['mail', 'html', 'unicode', 'long'].includes(family));

  const escapes = await compare(aboutHeaders, plainOf, ({ message, mail }, harmless) => {
    expectHeaders(mail, harmless);
    expect([mail.to, mail.recipients]).toEqual([RECIPIENTS, RECIPIENTS]);
    expect(mail.subject).toBe(message.subject);
    expect(mail.subject).toMatch(/^\[CRITICAL\] ./);
  });

  expect(escapes).toEqual([]);
});

/** A text that is cut or hidden takes fewer lines, never more. */
function linesOf({ text }: LocalMail): string[] {
  return text.trim().split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
}
