import { createTransport } from 'nodemailer';
import { LONGEST_SEND } from '../../../core/delivery/budget.ts';
import type { MailClient, MailMessage, MailPicture } from '../mail-client.ts';
import { encodeIfAmbiguous } from './encoded-words.ts';
import { toSmtpFailure } from './failure.ts';
import { toAcceptedOutcome } from './partly-refused.ts';

export type SmtpOptions = {
  host: string;
  port: number;
  /** `Name <address>` or an address. */
  from: string;
  username?: string;
  password?: string;
  /** For connecting, the greeting and each silence in between, in milliseconds. A whole mail has its own limit. */
  silenceMs?: number;
};

/**
 * Mail by SMTP. TLS from the start on port 465, else STARTTLS when the server offers it. One connection per mail:
 * a Lambda may be frozen between two, and a pooled connection would be dead when it wakes.
 *
 * When the server accepts some recipients and refuses others for good, the mail counts as delivered and the outcome
 * names the refused ones. When it refuses some for now, the outcome names those who have the mail.
 */
export function createSmtpClient(options: SmtpOptions): MailClient {
  const timeout = options.silenceMs ?? 10_000;
  const transport = createTransport({
    host: options.host,
    port: options.port,
    secure: options.port === 465,
    auth: options.username ? { user: options.username, pass: options.password ?? '' } : undefined,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const secrets = credentialForms(options);

  return {
    async send(mail: MailMessage, withinMs = LONGEST_SEND) {
      try {
        const info = await transport.sendMail({
          from: options.from,
          // A server can answer each command in time and still take minutes for the whole mail.
          signal: AbortSignal.timeout(withinMs),
          to: mail.to,
          subject: encodeIfAmbiguous(mail.subject),
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          inReplyTo: mail.inReplyTo,
          references: mail.references,
          attachments: mail.pictures?.map(inline),
          headers: { ...encodeValues(mail.headers), ...neverAnswered },
        });
        return toAcceptedOutcome(info, secrets);
      } catch (error) {
        return toSmtpFailure(error, secrets);
      }
    },
  };
}

/** Out-of-office robots answer only mail from people (RFC 3834); Exchange's needs a header of its own. */
const neverAnswered = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

function encodeValues(headers: MailMessage['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, encodeIfAmbiguous(value)]));
}

/** A part that is shown where the HTML names it, and not listed as an attachment. */
function inline({ contentId, fileName, png }: MailPicture) {
  return {
    cid: contentId,
    filename: fileName,
    content: Buffer.from(png),
    contentType: 'image/png',
    contentDisposition: 'inline' as const,
  };
}

/** The password as itself and as SMTP's AUTH commands carry it, because servers echo what they refuse. */
function credentialForms({ username = '', password }: SmtpOptions): string[] {
  if (!password) return [];
  return [password, base64(password), base64(`\u0000${username}\u0000${password}`)];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
