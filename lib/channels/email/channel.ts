import { type Channel, cannotEdit, type Piece, type PlainPiece } from '../../core/channel/channel.ts';
import { createNotConfigured, type SendOutcome } from '../../core/delivery/delivery.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { Target } from '../../core/routing/target.ts';
import type { Log } from '../../core/shared/log.ts';
import { SECOND } from '../../core/shared/time.ts';
import { getDestinationKey } from '../../core/storm/storm.ts';
import type { MailClient, MailMessage } from './mail-client.ts';
import { drawPictures } from './render/charts.ts';
import { renderMailDigest, renderPlainMailDigest } from './render/digest.ts';
import type { PictureEncoder } from './render/draw-chart.ts';
import { renderMail, renderMailDocument, renderPlainNoticeToMail } from './render/message.ts';
import { type BaseSubject, getBaseSubject } from './render/subject.ts';
import { renderMailSummary, renderPlainMailSummary } from './render/summary.ts';
import { createMailRoutes, type MailAccess } from './routes.ts';

/** From this attempt on, recipients whom the server keeps deferring count as refused. */
const LAST_PARTIAL_ATTEMPT = 8;

export type MailChannelOptions = {
  /** Absent: mail is not configured. */
  client?: MailClient | undefined;
  mailLists: MailAccess['mailLists'];
  /** Right side of the Message-IDs. */
  domain: string;
  /** Encodes the pictures of charts. */
  pictures: PictureEncoder;
  log: Log;
};

/** `baseSubject`: set when later mails of the incident repeat it. */
type MailBody = { mail: MailMessage; baseSubject?: BaseSubject | undefined };

type MailState = {
  /** How the subject of the first mail ended; later subjects end the same way. */
  baseSubject?: BaseSubject | undefined;
  /** A mail accepted for some recipients only: which version, and for whom. */
  acceptedFor?: { seq: number; to: string[] };
};

/**
 * Mail: one mail per notice to all its recipients. A repeat after a lost answer has the same Message-ID. If the
 * server accepted only some recipients, only the others get the mail again. A mail whose charts cannot be drawn goes
 * without them.
 */
export function createMailChannel(options: MailChannelOptions): Channel<MailBody, MailState> {
  const { client, domain } = options;
  return {
    ...createMailRoutes({ isConfigured: client !== undefined, mailLists: options.mailLists }),
    abilities: { edit: false, thread: false, actions: false, skipsQuiet: 'not worth a mail of its own' },
    failureWords: { who: 'The mail server', prefix: /^SMTP: /, paused: 'SMTP: the server asked for a pause' },
    digestTiming: { first: 30 * SECOND, between: 45 * SECOND },
    async render(piece, to, state) {
      const body = await render(options, piece, to, state);
      return body && { body };
    },
    renderPlain: (piece, to, state) => ({ body: renderPlain(domain, piece, to, state) }),
    async send(body, to, { state = {}, seq, attempt, withinMs }) {
      if (client === undefined) return { outcome: createNotConfigured('SMTP_HOST is not set'), state };
      const has = state.acceptedFor?.seq === seq ? state.acceptedFor.to : [];
      const missing = [to.to].flat().filter((address) => !has.includes(address));
      const outcome = await client.send({ ...body.mail, to: missing }, withinMs);
      const partly = outcome.kind === 'retryable' && outcome.taken !== undefined;
      // Later mails do not repeat the subject of a plain mail, because they may show more.
      const { baseSubject = state.baseSubject } = body;
      if (outcome.kind === 'delivered' || (partly && attempt >= LAST_PARTIAL_ATTEMPT))
        return { outcome: toDelivered(outcome), state: { baseSubject } };
      if (!partly) return { outcome, state };
      return {
        outcome,
        state: { baseSubject, acceptedFor: { seq, to: [...has, ...(outcome.taken ?? [])] } },
      };
    },
    edit: async () => cannotEdit,
    reply: async () => cannotEdit,
    listBuckets: () => [],
  };
}

async function render(
  options: MailChannelOptions,
  piece: Piece,
  target: Target,
  state?: MailState,
): Promise<MailBody | undefined> {
  const { domain } = options;
  const to = [target.to].flat();
  switch (piece.kind) {
    case 'root': {
      const baseSubject = state?.baseSubject ?? getBaseSubject(piece.notice);
      const mail = await renderNotice(options, piece.notice, { to, domain, baseSubject });
      return { mail: withOwnId(mail, piece.ownId), baseSubject };
    }
    case 'digest':
      return { mail: renderMailDigest(piece.digest, { to, place: getDestinationKey(target), domain }) };
    case 'summary':
      return { mail: renderMailSummary(piece.summary, { to, domain, id: piece.id }) };
    case 'reply':
    case 'details':
    case 'action':
      return undefined;
  }
}

async function renderNotice(
  { pictures, log }: MailChannelOptions,
  notice: Notice,
  envelope: { to: string[]; domain: string; baseSubject: BaseSubject },
): Promise<MailMessage> {
  const document = renderMailDocument(notice);
  const drawn = await drawPictures(document, pictures, (error) =>
    log.warn('a chart could not be drawn', { incidentId: notice.incidentId, error: String(error) }),
  );
  return renderMail(notice, envelope, { document, pictures: drawn });
}

function renderPlain(domain: string, piece: PlainPiece, target: Target, state?: MailState): MailBody {
  const to = [target.to].flat();
  switch (piece.kind) {
    case 'notice': {
      const { baseSubject } = state ?? {};
      const mail = renderPlainNoticeToMail(piece.notice, piece.why, { to, domain, baseSubject });
      return { mail: withOwnId(mail, piece.ownId) };
    }
    case 'digest':
      return {
        mail: renderPlainMailDigest(
          piece.digest,
          { to, place: getDestinationKey(target), domain },
          piece.why,
        ),
      };
    case 'summary':
      return { mail: renderPlainMailSummary(piece.lines, { to, domain, id: piece.id }) };
  }
}

/** A failover is a mail of its own, which no client may merge with the original mail. */
function withOwnId(mail: MailMessage, ownId: string | undefined): MailMessage {
  if (ownId === undefined) return mail;
  return { ...mail, messageId: mail.messageId.replace('@', `.${ownId.slice(0, 12)}@`) };
}

function toDelivered(outcome: SendOutcome): SendOutcome {
  return outcome.kind === 'delivered' ? outcome : { kind: 'delivered', refused: outcome.detail };
}
