import type { Channel } from '../../core/channel/channel.ts';
import type { Log } from '../../core/shared/log.ts';
import { createMailChannel } from './channel.ts';
import { createPngEncoder } from './client/png-encoder.ts';
import { createSmtpClient } from './client/smtp-client.ts';
import { getMailDomain } from './render/message.ts';
import type { MailAccess } from './routes.ts';

type MailVariables = {
  SMTP_HOST?: string | undefined;
  SMTP_PORT: number;
  SMTP_FROM: string;
  SMTP_USERNAME?: string | undefined;
  SMTP_PASSWORD?: string | undefined;
};

/** Mail as the variables say. */
export function openMail(
  { SMTP_HOST: host, SMTP_PORT: port, SMTP_FROM: from, SMTP_USERNAME, SMTP_PASSWORD }: MailVariables,
  { mailLists, log }: { mailLists: MailAccess['mailLists']; log: Log },
): Channel {
  const login = { username: SMTP_USERNAME, password: SMTP_PASSWORD };
  return createMailChannel({
    client: host === undefined ? undefined : createSmtpClient({ host, port, from, ...login }),
    mailLists,
    domain: getMailDomain(from),
    pictures: createPngEncoder(),
    log,
  });
}
