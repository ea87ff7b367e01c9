import { callbackify } from 'node:util';
import { type AddressObject, type Attachment, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

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

/** A failing answer of the server at a step of SMTP. */
type SmtpTrouble =
  | { step: 'mail' | 'data'; code: number; message?: string }
  | { step: 'rcpt'; code: number; address?: string; message?: string }
  /** Stops answering, to test the client's timeouts. */
  | { step: 'hang' }
  /** Delays each answer by so many milliseconds. */
  | { step: 'slow'; eachMs: number };

export type LocalSmtpOptions = {
  port?: number;
  /** With credentials the server requires them; otherwise it offers no AUTH. */
  credentials?: { username: string; password: string };
};

export type LocalSmtp = {
  port: number;
  mails: () => LocalMail[];
  /** Stays until `undefined` is given. */
  trouble: (trouble: SmtpTrouble | undefined) => void;
  clear: () => void;
  close: () => Promise<void>;
};

/** An SMTP server on loopback that keeps its mails. */
export async function startLocalSmtp(options: LocalSmtpOptions = {}): Promise<LocalSmtp> {
  let mails: LocalMail[] = [];
  let trouble: SmtpTrouble | undefined;
  const { credentials } = options;

  function inItsTime(answer: () => void): void {
    if (trouble?.step === 'slow') setTimeout(answer, trouble.eachMs);
    else answer();
  }

  const server = new SMTPServer({
    disabledCommands: credentials ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    authOptional: !credentials,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 50,
    onAuth(auth, _session, callback) {
      const right = auth.username === credentials?.username && auth.password === credentials?.password;
      if (right) return callback(null, { user: auth.username });
      // A real server may echo the refused credentials; the adapter must not pass them on.
      callback(smtpError(535, `authentication failed for ${auth.username} with ${auth.password}`));
    },
    onMailFrom(_address, _session, callback) {
      if (trouble?.step === 'hang') return;
      const refusal = trouble?.step === 'mail' ? smtpError(trouble.code, trouble.message) : null;
      inItsTime(() => callback(refusal));
    },
    onRcptTo(address, _session, callback) {
      const refused = trouble?.step === 'rcpt' && (!trouble.address || trouble.address === address.address);
      const refusal = refused && trouble?.step === 'rcpt' ? smtpError(trouble.code, trouble.message) : null;
      inItsTime(() => callback(refusal));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (trouble?.step === 'data') return callback(smtpError(trouble.code, trouble.message));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        inItsTime(() => keep(Buffer.concat(chunks), recipients, (error) => callback(error)));
      });
    },
  });
  const keep = callbackify(async (source: Buffer, recipients: string[]) => {
    mails.push(await readMail(source, recipients));
  });
  // Tests make clients leave in the middle.
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  const address = server.server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails: () => mails.map((mail) => structuredClone(mail)),
    trouble(next) {
      trouble = next;
    },
    clear() {
      mails = [];
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readMail(source: Buffer, recipients: string[]): Promise<LocalMail> {
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

function smtpError(responseCode: number, message = 'refused by the stand-in'): Error {
  return Object.assign(new Error(message), { responseCode });
}
