import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { type LocalMail, readMail } from './read-mail.ts';

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
  const keep = callbackify(async (source: Buffer, recipients: string[]) => {
    mails.push(await readMail(source, recipients));
  });
  const server = createSmtpServer(options.credentials, { trouble: () => trouble, keep });
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

type Deposit = (source: Buffer, recipients: string[], done: (error: Error | null) => void) => void;

function createSmtpServer(
  credentials: LocalSmtpOptions['credentials'],
  { trouble, keep }: { trouble: () => SmtpTrouble | undefined; keep: Deposit },
): SMTPServer {
  const inItsTime = (answer: () => void) => {
    const now = trouble();
    if (now?.step === 'slow') setTimeout(answer, now.eachMs);
    else answer();
  };
  return new SMTPServer({
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
      const now = trouble();
      if (now?.step === 'hang') return;
      const refusal = now?.step === 'mail' ? smtpError(now.code, now.message) : null;
      inItsTime(() => callback(refusal));
    },
    onRcptTo(address, _session, callback) {
      const now = trouble();
      const refused = now?.step === 'rcpt' && (!now.address || now.address === address.address);
      const refusal = refused ? smtpError(now.code, now.message) : null;
      inItsTime(() => callback(refusal));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const now = trouble();
        if (now?.step === 'data') return callback(smtpError(now.code, now.message));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        inItsTime(() => keep(Buffer.concat(chunks), recipients, (error) => callback(error)));
      });
    },
  });
}

function smtpError(responseCode: number, message = 'refused by the stand-in'): Error {
  return Object.assign(new Error(message), { responseCode });
}
