import { type AddressObject, type Attachment, simpleParser } from 'mailparser';

/** A received mail; plain data, also the JSON of the inbox. */
export type LocalMail = {
  /** When it arrived, in ms. */
  at: number;
  from: string;
  to: string[];
  /** The recipients of the SMTP envelope. */
  recipients: string[];
  subject: string;
  messageId: string;
  inReplyTo?: string;
  references: string[];
  text: string;
  html: string;
  /** The header lines as sent. */
  headerLines: string[];
  /** Further parts. `related`: belongs to the HTML, which shows it by its content id. */
  attachments: LocalAttachment[];
  /** Size of the whole mail on the wire, in bytes. */
  size: number;
};

export type LocalAttachment = {
  contentId: string;
  fileName: string;
  contentType: string;
  disposition: string;
  related: boolean;
  base64: string;
};

/** Reads a mail as it came over the wire. */
export async function readMail(source: Buffer, recipients: string[]): Promise<LocalMail> {
  const mail = await simpleParser(source, { keepCidLinks: true });
  const references = mail.references ?? [];
  return {
    at: Date.now(),
    from: mail.from?.text ?? '',
    to: addresses(mail.to),
    recipients,
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    inReplyTo: mail.inReplyTo,
    references: Array.isArray(references) ? references : [references],
    text: mail.text ?? '',
    html: mail.html || '',
    headerLines: mail.headerLines.map(({ line }) => line),
    attachments: mail.attachments.map(readAttachment),
    size: source.length,
  };
}

function readAttachment(part: Attachment): LocalAttachment {
  return {
    contentId: part.cid ?? '',
    fileName: part.filename ?? '',
    contentType: part.contentType,
    disposition: part.contentDisposition ?? '',
    related: part.related === true,
    base64: part.content.toString('base64'),
  };
}

function addresses(field: AddressObject | AddressObject[] | undefined): string[] {
  const objects = field === undefined ? [] : Array.isArray(field) ? field : [field];
  return objects.flatMap((each) => each.value.map(({ address }) => address ?? ''));
}
