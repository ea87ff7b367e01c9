import type { MailChannel } from '../core/delivery/channels.ts';
import type { DeliverMessage, DestinationRecord } from '../core/delivery/delivery.ts';
import { toldRecord } from '../core/delivery/told-record.ts';
import type { Incident } from '../core/incident/incident.ts';
import { drawPictures } from '../core/notice/email-charts.ts';
import { renderMail } from '../core/notice/email-message.ts';
import type { Notice } from '../core/notice/notice.ts';
import type { PictureEncoder } from '../core/notice/picture.ts';
import type { Target } from '../core/routing/target.ts';
import type { Log } from '../core/shared/log.ts';
import type { SendResult } from './send-slack.ts';

/**
 * One mail to everybody the notice is for. Sent again after a lost answer it has the same Message-ID. When its charts
 * cannot be drawn, it goes without them.
 */
export async function sendMail(
  ports: { mail: MailChannel; pictures: PictureEncoder; domain: string; log: Log },
  target: Extract<Target, { channel: 'email' }>,
  sending: { message: DeliverMessage; incident: Incident; record: DestinationRecord; notice: Notice },
): Promise<SendResult> {
  const { message, incident, record, notice } = sending;
  const pictures = await drawPictures(notice, ports.pictures, (error) =>
    ports.log.warn('a chart could not be drawn', { incidentId: incident.id, error: String(error) }),
  );
  const envelope = { to: target.to, domain: ports.domain };
  const outcome = await ports.mail.send(renderMail(notice, envelope, pictures));
  if (outcome.kind !== 'delivered') return { outcome, record };
  return { outcome, record: toldRecord(record, message, incident, { spoke: true, rootCurrent: true }) };
}
