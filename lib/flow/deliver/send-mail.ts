import type { MailChannel } from '../../core/delivery/channels.ts';
import { updateRecord } from '../../core/delivery/delivered-record.ts';
import type { DeliverMessage, DestinationRecord, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { PictureEncoder } from '../../core/notice/email/draw-chart.ts';
import { drawPictures, noPictures } from '../../core/notice/email/email-charts.ts';
import { renderMail, renderPlainNoticeToMail } from '../../core/notice/email/email-message.ts';
import { getBaseSubject } from '../../core/notice/email/email-subject.ts';
import type { MailMessage } from '../../core/notice/notice.ts';
import type { Target } from '../../core/routing/route-notice.ts';
import type { Log } from '../../core/shared/log.ts';
import { type PreparedNotice, renderNotice } from './render-notice.ts';
import type { SendResult } from './slack-sending.ts';

/** From this attempt on, recipients whom the server keeps deferring count as refused. */
const LAST_PARTIAL_ATTEMPT = 8;

/**
 * Sends one mail to all recipients of the notice. A repeat after a lost answer has the same Message-ID. If
 * the server accepted only some recipients, only the others get the mail again. Later mails repeat the base
 * subject of the first accepted one, to stay one conversation. A mail whose charts cannot be drawn goes
 * without them.
 */
export async function sendMail(
  ports: { mail: MailChannel; pictures: PictureEncoder; domain: string; log: Log },
  target: Extract<Target, { channel: 'email' }>,
  sending: {
    message: DeliverMessage;
    incident: Incident;
    record: DestinationRecord;
    notice: PreparedNotice;
    attempt: number;
  },
): Promise<SendResult> {
  const { message, incident, record, notice, attempt } = sending;
  const has = record.acceptedFor?.seq === message.seq ? record.acceptedFor.to : [];
  const to = target.to.filter((address) => !has.includes(address));
  const { composed } = notice;
  const pictures =
    composed.kind === 'failed'
      ? noPictures
      : await drawPictures(composed.notice, ports.pictures, (error) =>
          ports.log.warn('a chart could not be drawn', { incidentId: incident.id, error: String(error) }),
        );
  const { domain } = ports;
  // Later mails do not repeat the subject of a plain mail, because they may show more.
  const { mail, subject } = renderNotice(
    notice,
    (whole) => {
      const baseSubject = record.baseSubject ?? getBaseSubject(whole);
      return { mail: renderMail(whole, { to, domain, baseSubject }, pictures), subject: baseSubject };
    },
    (plain, why) => ({
      mail: renderPlainNoticeToMail(plain, why, { to, domain, baseSubject: record.baseSubject }),
      subject: record.baseSubject,
    }),
  );
  const known = subject === undefined ? record : { ...record, baseSubject: subject };
  const outcome = await ports.mail.send(withOwnId(mail, message));
  const partly = outcome.kind === 'retryable' && outcome.taken !== undefined;
  const done = outcome.kind === 'delivered' || (partly && attempt >= LAST_PARTIAL_ATTEMPT);
  if (done) {
    const { acceptedFor: _, ...before } = known;
    const sent = { notified: true, rootCurrent: true };
    return { outcome: toDelivered(outcome), record: updateRecord(before, message, incident, sent) };
  }
  if (!partly) return { outcome, record };
  return {
    outcome,
    record: {
      ...known,
      acceptedFor: { seq: message.seq, to: [...has, ...(outcome.taken ?? [])] },
    },
  };
}

/** A failover is a mail of its own, which no client may merge with the original mail. */
function withOwnId(mail: MailMessage, { failover, key }: DeliverMessage): MailMessage {
  if (failover === undefined) return mail;
  return { ...mail, messageId: mail.messageId.replace('@', `.${key.slice(0, 12)}@`) };
}

function toDelivered(outcome: SendOutcome): SendOutcome {
  return outcome.kind === 'delivered' ? outcome : { kind: 'delivered', refused: outcome.detail };
}
