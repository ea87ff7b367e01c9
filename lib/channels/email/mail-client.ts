import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';

/** A rendered mail. Message-ID and References keep an incident in one conversation. */
export type MailMessage = {
  to: string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
  inReplyTo?: string;
  references?: string[];
  /** Further headers for mail rules and mail clients. Each value is one line. */
  headers?: Record<string, string>;
  /** Pictures that the HTML shows as `cid:` and the content id. */
  pictures?: MailPicture[];
};

/** A PNG inside the mail. */
export type MailPicture = { contentId: string; fileName: string; png: Uint8Array };

/** The whole mail is sent within `withinMs`, whatever the server does (LONGEST_SEND when absent). */
export interface MailClient {
  send(mail: MailMessage, withinMs?: Millis): Promise<SendOutcome>;
}
